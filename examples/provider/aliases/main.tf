# One configuration for two Kapacitors: each has a provider of its own, and nothing is shared between them.

terraform {
  required_providers {
    squadcast = {
      source = "squadcast-kapacitor/squadcast"
    }
  }
}

variable "staging_url" {
  description = "Base URL of the staging Kapacitor's HTTP API."
  type        = string
  default     = "http://kapacitor.staging:9092"
}

variable "production_url" {
  description = "Base URL of the production Kapacitor's HTTP API."
  type        = string
  default     = "http://kapacitor.production:9092"
}

variable "squadcast_webhook_url" {
  description = "The webhook URL that Squadcast shows for the alert source Kapacitor of a service."
  type        = string
  sensitive   = true
}

provider "squadcast" {
  alias = "staging"
  url   = var.staging_url
}

provider "squadcast" {
  alias = "production"
  url   = var.production_url
}

locals {
  thresholds = {
    staging    = 95
    production = 90
  }
}

resource "squadcast_kapacitor_alert_rule" "staging" {
  provider = squadcast.staging

  name        = "cpu high (staging)"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  trigger     = "threshold"
  operator    = ">"
  value       = local.thresholds.staging
  message     = "{{ .ID }} is {{ .Level }}"

  post = [{ url = var.squadcast_webhook_url }]
}

resource "squadcast_kapacitor_alert_rule" "production" {
  provider = squadcast.production

  name        = "cpu high (production)"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  trigger     = "threshold"
  operator    = ">"
  value       = local.thresholds.production
  message     = "{{ .ID }} is {{ .Level }}"

  post = [{ url = var.squadcast_webhook_url }]
}
