import {
  to = squadcast_kapacitor_alert_rule.cpu
  identity = {
    task_id = "chronograf-v1-88fe08c2-eaab-56eb-bd7d-7df292b873ab"
  }
}
