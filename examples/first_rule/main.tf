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

resource "squadcast_kapacitor_alert_rule" "cpu" {
  name        = "cpu high"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  group_by    = ["host"]

  trigger  = "threshold"
  operator = ">"
  value    = 90

  message = "{{ .ID }} is {{ .Level }}"

  post = [{ url = var.squadcast_webhook_url }]
}
