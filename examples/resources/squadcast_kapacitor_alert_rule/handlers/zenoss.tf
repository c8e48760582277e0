resource "squadcast_kapacitor_alert_rule" "zenoss" {
  name        = "cpu high (zenoss)"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  group_by    = ["host"]
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  message     = "{{ .ID }} is {{ .Level }}"

  handlers = {
    zenoss = [{
      action          = "EventsRouter"
      method          = "add_event"
      type            = "rpc"
      tid             = 1
      device          = "{{ index .Tags \"host\" }}"
      component       = "cpu"
      event_class_key = "cpu"
      event_class     = "/Perf/CPU"
    }]
  }
}
