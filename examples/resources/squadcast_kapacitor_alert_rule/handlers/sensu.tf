resource "squadcast_kapacitor_alert_rule" "sensu" {
  name        = "cpu high (sensu)"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  group_by    = ["host"]
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  message     = "{{ .ID }} is {{ .Level }}"

  handlers = {
    sensu = [{
      source   = "kapacitor"
      handlers = ["slack", "mail"]
    }]
  }
}
