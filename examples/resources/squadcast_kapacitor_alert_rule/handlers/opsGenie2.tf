resource "squadcast_kapacitor_alert_rule" "ops_genie2" {
  name        = "cpu high (opsGenie2)"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  group_by    = ["host"]
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  message     = "{{ .ID }} is {{ .Level }}"

  handlers = {
    opsgenie2 = [{
      teams      = ["sre"]
      recipients = ["lead@example.com"]
    }]
  }
}
