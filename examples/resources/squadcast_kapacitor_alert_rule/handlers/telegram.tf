resource "squadcast_kapacitor_alert_rule" "telegram" {
  name        = "cpu high (telegram)"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  group_by    = ["host"]
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  message     = "{{ .ID }} is {{ .Level }}"

  handlers = {
    telegram = [{
      chat_id                  = "-1001234567890"
      parse_mode               = "Markdown"
      disable_web_page_preview = true
      disable_notification     = true
    }]
  }
}
