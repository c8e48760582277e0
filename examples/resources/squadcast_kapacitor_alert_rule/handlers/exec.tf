resource "squadcast_kapacitor_alert_rule" "exec" {
  name        = "cpu high (exec)"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  group_by    = ["host"]
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  message     = "{{ .ID }} is {{ .Level }}"

  handlers = {
    exec = [{
      command = ["/usr/local/bin/notify", "--level", "high"]
    }]
  }
}
