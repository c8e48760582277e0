# One module for staging and production, each with a Kapacitor of its own.

terraform {
  required_providers {
    squadcast = {
      source = "squadcast-kapacitor/squadcast"
    }
  }
}

variable "staging_url" {
  description = "Base URL of the HTTP API of staging's Kapacitor."
  type        = string
}

variable "production_url" {
  description = "Base URL of the HTTP API of production's Kapacitor."
  type        = string
}

variable "squadcast_webhook_url" {
  description = "The webhook URL that Squadcast shows for the alert source Kapacitor of a service."
  type        = string
  sensitive   = true
}

variable "platform_webhook_url" {
  description = "The webhook URL of the service in Squadcast by which the team that runs the machines is called."
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

module "staging" {
  source    = "../modules/service_alerts"
  providers = { squadcast = squadcast.staging }

  service               = "shop"
  environment           = "staging"
  squadcast_webhook_url = var.squadcast_webhook_url
  without               = ["deadman"]
}

module "production" {
  source    = "../modules/service_alerts"
  providers = { squadcast = squadcast.production }

  service               = "shop"
  environment           = "production"
  squadcast_webhook_url = var.squadcast_webhook_url
  thresholds            = { cpu = 80, silence = "5m" }
  overrides             = { disk = { exclude = { fstype = ["tmpfs"] }, resolve_on_destroy = true } }

  # Silence calls those who run the machines, too.
  post = { deadman = [{ url = var.squadcast_webhook_url }, { url = var.platform_webhook_url }] }
}

# A plan and an apply say so if Kapacitor does not execute a rule of production.
check "production_runs" {
  assert {
    condition     = alltrue([for rule in values(module.production.rules) : rule.executing])
    error_message = "Kapacitor does not execute each rule of production: see the attribute error of the rules."
  }
}
