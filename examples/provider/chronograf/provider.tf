terraform {
  required_providers {
    squadcast = {
      source = "squadcast-kapacitor/squadcast"
    }
  }
}

# For teams that expose only Chronograf: every request to Kapacitor goes through Chronograf's proxy.
provider "squadcast" {
  chronograf = {
    url = "http://chronograf:8888"
  }
}
