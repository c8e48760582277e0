# What runs beside the rules that Terraform manages, and does not work.
data "squadcast_kapacitor_tasks" "broken" {
  status    = "enabled"
  executing = false
}

output "broken_tasks" {
  value = { for task in data.squadcast_kapacitor_tasks.broken.tasks : task.id => task.error }
}
