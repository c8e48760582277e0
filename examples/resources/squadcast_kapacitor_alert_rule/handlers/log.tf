resource "squadcast_kapacitor_alert_rule" "log" {
  name        = "cpu high (log)"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  group_by    = ["host"]
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  message     = "{{ .ID }} is {{ .Level }}"

  handlers = {
    log = [{
      file_path = "/var/log/kapacitor/alerts.log"
    }]
  }
}
