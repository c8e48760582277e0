resource "squadcast_kapacitor_alert_rule" "slack" {
  name        = "cpu high (slack)"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  group_by    = ["host"]
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  message     = "{{ .ID }} is {{ .Level }}"

  handlers = {
    slack = [{
      workspace  = "ops"
      channel    = "#ops"
      username   = "kapacitor"
      icon_emoji = ":fire:"
    }]
  }
}
