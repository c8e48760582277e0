variable "squadcast_webhook_url" {
  description = "The webhook URL that Squadcast shows for the alert source Kapacitor of a service."
  type        = string
  sensitive   = true
}

# kapacitor.conf declares this endpoint with `[[httppost]]` and `endpoint = "squadcast"`.
resource "squadcast_kapacitor_endpoint" "squadcast" {
  name    = "squadcast"
  url     = var.squadcast_webhook_url
  headers = { Content-Type = "application/json" }
}

output "squadcast_endpoint_is_live" {
  description = "Whether Kapacitor delivers to the endpoint."
  value       = squadcast_kapacitor_endpoint.squadcast.live
}
