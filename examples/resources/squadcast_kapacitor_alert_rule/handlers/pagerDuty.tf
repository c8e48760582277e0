variable "pager_duty_service_key" {
  type      = string
  sensitive = true
}

resource "squadcast_kapacitor_alert_rule" "pager_duty" {
  name        = "cpu high (pagerDuty)"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  group_by    = ["host"]
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  message     = "{{ .ID }} is {{ .Level }}"

  handlers = {
    pagerduty = [{
      service_key = var.pager_duty_service_key
    }]
  }
}
