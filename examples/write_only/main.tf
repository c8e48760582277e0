terraform {
  # OpenTofu has write-only attributes from 1.11 on too.
  required_version = ">= 1.11"
}

# The URL is in no plan and no state: the variable is ephemeral, and the attribute write-only.
variable "squadcast_webhook_url" {
  description = "The webhook URL that Squadcast shows for the service's alert source Kapacitor."
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "squadcast_kapacitor_endpoint" "squadcast" {
  name           = "squadcast"
  url_wo         = var.squadcast_webhook_url
  url_wo_version = 1
  headers        = { Content-Type = "application/json" }
}

resource "squadcast_kapacitor_alert_rule" "memory" {
  name        = "memory nearly full"
  database    = "telegraf"
  measurement = "mem"
  field       = "used_percent"

  trigger  = "threshold"
  operator = ">"
  value    = 90

  message = "{{ .ID }} is {{ .Level }}"

  post = [{
    endpoint       = squadcast_kapacitor_endpoint.squadcast.name
    url_wo         = var.squadcast_webhook_url
    url_wo_version = 1
  }]
}
