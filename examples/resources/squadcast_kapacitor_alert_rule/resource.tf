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

  post {
    url = var.squadcast_webhook_url
  }
}

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

  post {
    url = var.squadcast_webhook_url
  }
}

resource "squadcast_kapacitor_alert_rule" "disk" {
  name        = "disk fills up"
  database    = "telegraf"
  measurement = "disk"
  field       = "used_percent"
  exclude     = { fstype = ["tmpfs", "overlay"] }

  aggregate = "max"
  period    = "10m"
  every     = "5m"

  trigger  = "relative"
  change   = "amount"
  shift    = "1h"
  operator = ">"
  value    = 10

  message = "{{ .ID }} is {{ .Level }}"

  post {
    url = var.squadcast_webhook_url
  }
}

resource "squadcast_kapacitor_alert_rule" "silent" {
  name        = "no data"
  database    = "telegraf"
  measurement = "cpu"

  trigger = "deadman"
  period  = "10m"

  message = "{{ .ID }} is {{ .Level }}"

  post {
    url = var.squadcast_webhook_url
  }
}
