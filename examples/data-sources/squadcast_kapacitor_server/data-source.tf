data "squadcast_kapacitor_server" "this" {}

check "endpoints_can_be_managed" {
  assert {
    condition     = contains(data.squadcast_kapacitor_server.this.features, "endpoints")
    error_message = "kapacitor.conf has [config-override] enabled = false, so that Terraform cannot manage endpoints."
  }
}

output "kapacitor_version" {
  value = data.squadcast_kapacitor_server.this.version
}
