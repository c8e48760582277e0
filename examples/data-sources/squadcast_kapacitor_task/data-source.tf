resource "squadcast_kapacitor_alert_rule" "cpu" {
  name             = "cpu high"
  database         = "telegraf"
  retention_policy = "autogen"
  measurement      = "cpu"
  field            = "usage_user"
  trigger          = "threshold"
  operator         = ">"
  value            = 90
  message          = "{{ .ID }} is {{ .Level }}"
  enabled          = false
}

# Any task by its id: a rule, or a TICKscript that somebody wrote by hand.
data "squadcast_kapacitor_task" "cpu" {
  id = squadcast_kapacitor_alert_rule.cpu.id
}

output "script" {
  value = data.squadcast_kapacitor_task.cpu.tickscript
}
