terraform {
  required_providers {
    squadcast = {
      source = "squadcast-kapacitor/squadcast"
    }
  }
}

# The address may also come from the environment: KAPACITOR_URL.
provider "squadcast" {
  url = "http://kapacitor:9092"
}
