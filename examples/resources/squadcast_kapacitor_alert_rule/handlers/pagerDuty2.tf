variable "pager_duty2_routing_key" {
  type      = string
  sensitive = true
}

resource "squadcast_kapacitor_alert_rule" "pager_duty2" {
  name        = "cpu high (pagerDuty2)"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  group_by    = ["host"]
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  message     = "{{ .ID }} is {{ .Level }}"

  handlers = {
    pagerduty2 = [{
      routing_key = var.pager_duty2_routing_key
    }]
  }
}
