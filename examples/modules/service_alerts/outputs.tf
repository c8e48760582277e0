output "rules" {
  description = "Of each rule its name, its task's id and whether Kapacitor executes it."
  value = {
    for kind, rule in squadcast_kapacitor_alert_rule.this : kind => {
      name      = rule.name
      task_id   = rule.id
      executing = rule.executing
    }
  }
}
