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

# By its name, as Chronograf shows it.
data "squadcast_kapacitor_alert_rule" "cpu" {
  name       = "cpu high"
  depends_on = [squadcast_kapacitor_alert_rule.cpu]
}

# A second threshold, above the one of the rule.
output "far_too_high" {
  value = data.squadcast_kapacitor_alert_rule.cpu.value + 5
}
