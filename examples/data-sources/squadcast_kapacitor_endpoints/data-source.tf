data "squadcast_kapacitor_endpoints" "all" {}

output "endpoints_that_are_not_live" {
  value = [for endpoint in data.squadcast_kapacitor_endpoints.all.endpoints : endpoint.name if !endpoint.live]
}
