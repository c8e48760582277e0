# One module for alerts of every kind: the trigger and what belongs to it are plain values.

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

locals {
  alerts = {
    "cpu high" = {
      measurement = "cpu"
      field       = "usage_user"
      trigger     = "threshold"
      operator    = ">"
      value       = 90
    }
    "memory out of range" = {
      measurement = "mem"
      field       = "used_percent"
      trigger     = "range"
      operator    = "outside"
      lower       = 5
      upper       = 95
    }
    "no data" = {
      measurement = "cpu"
      trigger     = "deadman"
      period      = "10m"
    }
  }
}

module "alert" {
  source   = "../modules/squadcast_alert"
  for_each = local.alerts

  name                  = each.key
  measurement           = each.value.measurement
  trigger               = each.value.trigger
  field                 = try(each.value.field, null)
  operator              = try(each.value.operator, null)
  value                 = try(each.value.value, null)
  lower                 = try(each.value.lower, null)
  upper                 = try(each.value.upper, null)
  period                = try(each.value.period, null)
  squadcast_webhook_url = var.squadcast_webhook_url
}
