# The alerts of one service, from Telegraf's measurements: processor, memory, disk, and silence. Each is a rule, every
# attribute of which can be set: by `overrides`, `post` and `handlers`. What is not set has the value below.

terraform {
  required_providers {
    squadcast = {
      source = "squadcast-kapacitor/squadcast"
    }
  }
}

locals {
  message = "${var.service} (${var.environment}): {{ .ID }} is {{ .Level }}"

  defaults = {
    cpu = {
      measurement = "cpu"
      field       = "usage_user"
      group_by    = ["host"]
      aggregate   = "mean"
      period      = "5m"
      every       = "1m"
      trigger     = "threshold"
      operator    = ">"
      value       = var.thresholds.cpu
    }
    memory = {
      measurement = "mem"
      field       = "used_percent"
      group_by    = ["host"]
      aggregate   = "mean"
      period      = "5m"
      every       = "1m"
      trigger     = "threshold"
      operator    = ">"
      value       = var.thresholds.memory
    }
    disk = {
      measurement = "disk"
      field       = "used_percent"
      group_by    = ["host", "path"]
      trigger     = "threshold"
      operator    = ">"
      value       = var.thresholds.disk
    }
    deadman = {
      measurement = "cpu"
      trigger     = "deadman"
      period      = var.thresholds.silence
    }
  }

  # What the caller sets goes first, attribute by attribute.
  rules = {
    for kind, defaults in local.defaults : kind => merge(defaults, {
      for name, value in try(var.overrides[kind], {}) : name => value if value != null
    }) if !contains(var.without, kind)
  }
}

resource "squadcast_kapacitor_alert_rule" "this" {
  for_each = local.rules

  name             = try(each.value.name, "${var.service} ${var.environment} ${each.key}")
  enabled          = try(each.value.enabled, null)
  task_id          = try(each.value.task_id, null)
  database         = try(each.value.database, var.database)
  retention_policy = try(each.value.retention_policy, null)
  measurement      = each.value.measurement
  field            = try(each.value.field, null)
  group_by         = try(each.value.group_by, null)
  where            = try(each.value.where, var.where)
  exclude          = try(each.value.exclude, null)

  aggregate = try(each.value.aggregate, null)
  period    = try(each.value.period, null)
  every     = try(each.value.every, null)

  trigger  = each.value.trigger
  operator = try(each.value.operator, null)
  value    = try(each.value.value, null)
  lower    = try(each.value.lower, null)
  upper    = try(each.value.upper, null)
  change   = try(each.value.change, null)
  shift    = try(each.value.shift, null)

  message            = try(each.value.message, local.message)
  details            = try(each.value.details, null)
  state_changes_only = try(each.value.state_changes_only, null)
  no_recoveries      = try(each.value.no_recoveries, null)
  flapping           = try(each.value.flapping, null)
  resolve_on_destroy = try(each.value.resolve_on_destroy, null)

  # By variables of their own: what `for_each` takes must not be sensitive.
  post     = try(var.post[each.key], [{ url = var.squadcast_webhook_url }])
  handlers = try(var.handlers[each.key], null)
}
