# An endpoint that posts to Squadcast, and a rule that alerts through it.

terraform {
  required_providers {
    squadcast = {
      source = "squadcast-kapacitor/squadcast"
    }
  }
}

variable "kapacitor_url" {
  description = "Base URL of Kapacitor's HTTP API."
  type        = string
  default     = "http://localhost:9092"
}

variable "squadcast_webhook_url" {
  description = "The webhook URL that Squadcast shows for the alert source Kapacitor of a service."
  type        = string
  sensitive   = true
}

provider "squadcast" {
  url = var.kapacitor_url
}

resource "squadcast_kapacitor_endpoint" "squadcast" {
  name    = "squadcast"
  url     = var.squadcast_webhook_url
  headers = { Content-Type = "application/json" }
}

resource "squadcast_kapacitor_alert_rule" "cpu" {
  name        = "cpu high"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  message     = "{{ .ID }} is {{ .Level }}"

  # With both, alerts are delivered whether the endpoint is live or not.
  post = [{
    endpoint = squadcast_kapacitor_endpoint.squadcast.name
    url      = squadcast_kapacitor_endpoint.squadcast.url
  }]
}

output "rule_id" {
  description = "The id of the rule's Kapacitor task."
  value       = squadcast_kapacitor_alert_rule.cpu.id
}
