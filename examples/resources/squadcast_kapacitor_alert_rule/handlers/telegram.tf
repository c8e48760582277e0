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

  handler {
    kind = "telegram"
    options = {
      chatId                = "-1001234567890"
      parseMode             = "Markdown"
      disableWebPagePreview = "true"
      disableNotification   = "true"
    }
  }
}
