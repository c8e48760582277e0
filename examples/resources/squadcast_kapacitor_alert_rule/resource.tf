variable "squadcast_webhook_url" {
  description = "The webhook URL that Squadcast shows for the alert source Kapacitor of a service."
  type        = string
  sensitive   = true
}

# Each host has an alert, and so an incident in Squadcast, of its own.
resource "squadcast_kapacitor_alert_rule" "cpu" {
  name        = "cpu high"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  where       = { cpu = ["cpu-total"] }
  group_by    = ["host"]

  aggregate = "mean"
  period    = "1m"
  every     = "30s"

  trigger  = "threshold"
  operator = ">"
  value    = 90

  message = "{{ .ID }} on {{ index .Tags \"host\" }} is {{ .Level }}: {{ index .Fields \"value\" }} %"

  post = [{ url = var.squadcast_webhook_url }]
}
