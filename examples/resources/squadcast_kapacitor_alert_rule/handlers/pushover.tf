variable "pushover_user_key" {
  type      = string
  sensitive = true
}

resource "squadcast_kapacitor_alert_rule" "pushover" {
  name        = "cpu high (pushover)"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  group_by    = ["host"]
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  message     = "{{ .ID }} is {{ .Level }}"

  handlers = {
    pushover = [{
      device    = "phone"
      title     = "cpu high"
      url       = "https://chronograf.example.com"
      url_title = "Chronograf"
      sound     = "siren"
      user_key  = var.pushover_user_key
    }]
  }
}
