# An alert rule that posts to Squadcast. Whatever the trigger, all its attributes are variables: what a trigger does not
# take stays null.

terraform {
  required_providers {
    squadcast = {
      source = "squadcast-kapacitor/squadcast"
    }
  }
}

resource "squadcast_kapacitor_alert_rule" "this" {
  name        = var.name
  database    = var.database
  measurement = var.measurement
  field       = var.field
  group_by    = var.group_by

  aggregate = var.aggregate
  period    = var.period
  every     = var.every

  trigger  = var.trigger
  operator = var.operator
  value    = var.value
  lower    = var.lower
  upper    = var.upper
  change   = var.change
  shift    = var.shift

  message = var.message

  post = [{ url = var.squadcast_webhook_url }]
}
