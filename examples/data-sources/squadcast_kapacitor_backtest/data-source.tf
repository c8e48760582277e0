variable "squadcast_webhook_url" {
  description = "The webhook URL that Squadcast shows for the alert source Kapacitor of a service."
  type        = string
  sensitive   = true
}

resource "squadcast_kapacitor_alert_rule" "cpu" {
  name        = "cpu high"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  aggregate   = "mean"
  period      = "5m"
  every       = "1m"
  group_by    = ["host"]
  trigger     = "threshold"
  operator    = ">"
  value       = 90

  post = [{ url = var.squadcast_webhook_url }]
}

# A local value, so that the plan knows the answer before the rule exists.
locals {
  cpu_tickscript = squadcast_kapacitor_alert_rule.cpu.tickscript
}

data "squadcast_kapacitor_backtest" "cpu" {
  tickscript = local.cpu_tickscript
  since      = "7d"
}

check "cpu_is_not_noisy" {
  assert {
    condition     = data.squadcast_kapacitor_backtest.cpu.incidents <= 20
    error_message = "The rule would have opened ${data.squadcast_kapacitor_backtest.cpu.incidents} incidents in the last week."
  }
}
