resource "squadcast_kapacitor_alert_rule" "disk" {
  name        = "disk fills up"
  database    = "telegraf"
  measurement = "disk"
  field       = "used_percent"
  exclude     = { fstype = ["tmpfs", "overlay"] }

  aggregate = "max"
  period    = "10m"
  every     = "5m"

  # More than 10 percent of the disk were filled within an hour.
  trigger  = "relative"
  change   = "amount"
  shift    = "1h"
  operator = ">"
  value    = 10

  message = "{{ .ID }} is {{ .Level }}"

  post = [{ url = var.squadcast_webhook_url }]
}
