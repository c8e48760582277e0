variable "squadcast_webhook_url" {
  description = "The webhook URL that Squadcast shows for the alert source Kapacitor of a service."
  type        = string
  sensitive   = true
}

# One script for many tasks, each with its own vars.
resource "squadcast_kapacitor_template" "threshold" {
  template_id = "threshold"
  script      = file("${path.module}/threshold.tick")
}

resource "squadcast_kapacitor_task" "usage" {
  for_each = {
    cpu = { field = "usage_user", crit = 95 }
    mem = { field = "used_percent", crit = 90 }
  }

  task_id     = "${each.key}-high"
  template_id = squadcast_kapacitor_template.threshold.id
  dbrps       = ["telegraf.autogen"]

  vars = {
    measurement = each.key
    field       = each.value.field
    crit        = each.value.crit
  }
  secrets = {
    hook = var.squadcast_webhook_url
  }
}
