variable "big_panda_app_key" {
  type      = string
  sensitive = true
}

resource "squadcast_kapacitor_alert_rule" "big_panda" {
  name        = "cpu high (bigPanda)"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  group_by    = ["host"]
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  message     = "{{ .ID }} is {{ .Level }}"

  handlers = {
    bigpanda = [{
      primary_property   = "host"
      secondary_property = "cpu"
      app_key            = var.big_panda_app_key
    }]
  }
}
