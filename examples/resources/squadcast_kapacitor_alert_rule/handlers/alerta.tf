variable "alerta_token" {
  type      = string
  sensitive = true
}

resource "squadcast_kapacitor_alert_rule" "alerta" {
  name        = "cpu high (alerta)"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  group_by    = ["host"]
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  message     = "{{ .ID }} is {{ .Level }}"

  handlers = {
    alerta = [{
      resource    = "{{ index .Tags \"host\" }}"
      event       = "cpu high"
      environment = "production"
      group       = "hosts"
      value       = "{{ index .Fields \"value\" }}"
      origin      = "kapacitor"
      service     = ["web", "api"]
      correlate   = ["web down"]
      token       = var.alerta_token
    }]
  }
}
