resource "squadcast_kapacitor_alert_rule" "temperature" {
  name        = "temperature out of range"
  database    = "telegraf"
  measurement = "temp"
  field       = "temp"

  trigger  = "range"
  operator = "outside"
  lower    = 5
  upper    = 35.5

  message = "{{ .ID }} is {{ .Level }}"

  post = [{ url = var.squadcast_webhook_url }]
}
