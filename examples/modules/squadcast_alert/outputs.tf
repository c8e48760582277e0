output "task_id" {
  description = "The id of the rule's Kapacitor task."
  value       = squadcast_kapacitor_alert_rule.this.id
}
