resource "squadcast_kapacitor_alert_rule" "service_now" {
  name        = "cpu high (serviceNow)"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  group_by    = ["host"]
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  message     = "{{ .ID }} is {{ .Level }}"

  handlers = {
    servicenow = [{
      source      = "kapacitor"
      node        = "{{ index .Tags \"host\" }}"
      type        = "cpu"
      resource    = "cpu-total"
      metric_name = "usage_user"
      message_key = "{{ .ID }}"
    }]
  }
}
