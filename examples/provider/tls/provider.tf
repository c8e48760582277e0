terraform {
  required_providers {
    squadcast = {
      source = "squadcast-kapacitor/squadcast"
    }
  }
}

# A Kapacitor whose certificate comes from a private CA, and that asks for a client certificate.
provider "squadcast" {
  url         = "https://kapacitor.example.com:9092"
  ca_cert     = "/etc/ssl/private-ca.pem"
  client_cert = "/etc/ssl/terraform.pem"
  client_key  = "/etc/ssl/terraform-key.pem"
}
