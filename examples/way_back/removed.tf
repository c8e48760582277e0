removed {
  from = squadcast_kapacitor_alert_rule.cpu_high

  lifecycle {
    destroy = false
  }
}
