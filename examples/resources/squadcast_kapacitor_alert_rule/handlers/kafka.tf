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

  handlers = {
    kafka = [{
      cluster     = "default"
      kafka_topic = "alerts"
      template    = "{{ .ID }} is {{ .Level }}"
    }]
  }
}
