locals {
  rule = {
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
    post        = [{ endpoint = "squadcast" }]
  }
}

# The script that squadcast_kapacitor_alert_rule would write, for example for a test of a module.
output "tickscript" {
  value = provider::squadcast::alert_rule_tickscript(local.rule)
}
