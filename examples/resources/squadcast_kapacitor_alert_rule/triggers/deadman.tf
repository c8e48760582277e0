resource "squadcast_kapacitor_alert_rule" "silent" {
  name        = "no data"
  database    = "telegraf"
  measurement = "cpu"

  trigger = "deadman"
  period  = "10m"

  message = "{{ .ID }} is {{ .Level }}"

  post = [{ url = var.squadcast_webhook_url }]
}
