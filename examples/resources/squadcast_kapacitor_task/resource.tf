variable "squadcast_webhook_url" {
  description = "The webhook URL that Squadcast shows for the alert source Kapacitor of a service."
  type        = string
  sensitive   = true
}

# The webhook's URL stays out of the script: it is a var, whose value is a secret.
resource "squadcast_kapacitor_task" "disk" {
  task_id = "disk-full"
  script  = file("${path.module}/disk.tick")
  dbrps   = ["telegraf.autogen"]

  vars = {
    crit = 95
  }
  secrets = {
    hook = var.squadcast_webhook_url
  }
}
