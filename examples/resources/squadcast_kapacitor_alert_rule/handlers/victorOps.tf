resource "squadcast_kapacitor_alert_rule" "victor_ops" {
  name        = "cpu high (victorOps)"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  group_by    = ["host"]
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  message     = "{{ .ID }} is {{ .Level }}"

  handlers = {
    victorops = [{
      routing_key = "sre"
    }]
  }
}
