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

  handler {
    kind = "bigPanda"
    options = {
      primaryProperty   = "host"
      secondaryProperty = "cpu"
    }
    secrets = {
      appKey = var.big_panda_app_key
    }
  }
}
