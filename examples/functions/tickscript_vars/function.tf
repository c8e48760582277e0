locals {
  vars = provider::squadcast::tickscript_vars(file("${path.module}/cpu.tick"))
}

# {"crit" = {"description" = "Percentage of user time …", "type" = "float", "value" = "90.0"}, "measurement" = …}
output "vars" {
  value = local.vars
}

# Those that a task has to set, since the script gives them no value.
output "required" {
  value = [for name, var in local.vars : name if var.value == null]
}
