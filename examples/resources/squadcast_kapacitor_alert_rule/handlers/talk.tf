resource "squadcast_kapacitor_alert_rule" "talk" {
  name        = "cpu high (talk)"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  group_by    = ["host"]
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  message     = "{{ .ID }} is {{ .Level }}"

  handlers = {
    talk = [{}]
  }
}
