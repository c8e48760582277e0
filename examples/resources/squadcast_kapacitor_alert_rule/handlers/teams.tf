variable "teams_channel_url" {
  type      = string
  sensitive = true
}

resource "squadcast_kapacitor_alert_rule" "teams" {
  name        = "cpu high (teams)"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  group_by    = ["host"]
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  message     = "{{ .ID }} is {{ .Level }}"

  handlers = {
    teams = [{
      channel_url = var.teams_channel_url
    }]
  }
}
