resource "squadcast_kapacitor_alert_rule" "kafka" {
  name        = "cpu high (kafka)"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  group_by    = ["host"]
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  message     = "{{ .ID }} is {{ .Level }}"

  handler {
    kind = "kafka"
    options = {
      cluster    = "default"
      kafkaTopic = "alerts"
      template   = "{{ .ID }} is {{ .Level }}"
    }
  }
}
