variable "squadcast_webhook_url" {
  description = "The webhook URL that Squadcast shows for the alert source Kapacitor of a service."
  type        = string
  sensitive   = true
}

# What a template of kapacitor.conf includes before Kapacitor starts.
output "endpoints" {
  value = provider::squadcast::kapacitor_conf([
    {
      name = "squadcast"
      url  = var.squadcast_webhook_url
      headers = {
        Content-Type = "application/json"
      }
    },
    {
      name = "staging"
      url  = "https://example.com/staging"
    },
  ])
  sensitive = true
}
