resource "squadcast_kapacitor_alert_rule" "email" {
  name        = "cpu high (email)"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  group_by    = ["host"]
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  message     = "{{ .ID }} is {{ .Level }}"
  details     = "<b>{{ .ID }}</b> is {{ .Level }}"

  handlers = {
    email = [{
      to = ["sre@example.com", "lead@example.com"]
    }]
  }
}
