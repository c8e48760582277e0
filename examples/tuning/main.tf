terraform {
  required_providers {
    squadcast = {
      source = "squadcast-kapacitor/squadcast"
    }
  }
}

variable "kapacitor_url" {
  description = "The URL of Kapacitor."
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
  thresholds = [80, 85, 90, 95]
}

# The rule that is to be: disabled as long as its threshold is sought.
resource "squadcast_kapacitor_alert_rule" "cpu" {
  name        = "cpu high"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  group_by    = ["host"]
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  enabled     = false

  post = [{ url = var.squadcast_webhook_url }]
}

# The same rule with each threshold.
locals {
  tickscript = squadcast_kapacitor_alert_rule.cpu.tickscript
  candidates = {
    for value in local.thresholds :
    value => replace(local.tickscript, "var crit = 90", "var crit = ${value}")
  }
}

data "squadcast_kapacitor_backtest" "cpu" {
  for_each   = local.candidates
  tickscript = each.value
  since      = "7d"
}

output "noise" {
  description = "What each threshold would have meant in the last week."
  value = {
    for value, test in data.squadcast_kapacitor_backtest.cpu : value => {
      incidents            = test.incidents
      noisiest_series      = test.noisiest_series
      longest_minutes      = try(floor(test.longest_incident.seconds / 60), 0)
      max_posts_per_minute = test.max_posts_per_minute
    }
  }
}

output "timeline" {
  description = "The incidents of the rule as a picture: terraform output -raw timeline > timeline.svg"
  value = templatefile("${path.module}/timeline.svg.tftpl", {
    title   = "cpu high"
    events  = data.squadcast_kapacitor_backtest.cpu["90"].events
    series  = data.squadcast_kapacitor_backtest.cpu["90"].by_series[*].series
    seconds = data.squadcast_kapacitor_backtest.cpu["90"].range_seconds
  })
}
