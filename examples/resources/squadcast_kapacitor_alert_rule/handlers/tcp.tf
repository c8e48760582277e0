resource "squadcast_kapacitor_alert_rule" "tcp" {
  name        = "cpu high (tcp)"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  group_by    = ["host"]
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  message     = "{{ .ID }} is {{ .Level }}"

  handlers = {
    tcp = [{
      address = "alerts.example.com:9000"
    }]
  }
}
