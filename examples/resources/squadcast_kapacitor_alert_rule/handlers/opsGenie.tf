resource "squadcast_kapacitor_alert_rule" "ops_genie" {
  name        = "cpu high (opsGenie)"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  group_by    = ["host"]
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  message     = "{{ .ID }} is {{ .Level }}"

  handlers = {
    opsgenie = [{
      teams      = ["sre"]
      recipients = ["lead@example.com"]
    }]
  }
}
