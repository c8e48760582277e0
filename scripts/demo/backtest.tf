locals {
  tickscript = squadcast_kapacitor_alert_rule.cpu.tickscript
  times      = { 0 = "never", 1 = "once", 2 = "twice" }
  incidents  = data.squadcast_kapacitor_backtest.cpu.incidents
}

data "squadcast_kapacitor_backtest" "cpu" {
  tickscript = local.tickscript
  since      = "1h"
}

output "noise" {
  value = "This rule would have fired ${lookup(local.times, local.incidents, "${local.incidents} times")} in the last hour."
}
