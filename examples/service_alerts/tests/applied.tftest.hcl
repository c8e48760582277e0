# With the two servers that the variables name: the rules run. Terraform removes them after the test.

run "all_rules_run" {
  assert {
    condition     = length(module.staging.rules) == 3 && length(module.production.rules) == 4
    error_message = "Staging has no deadman, production has all."
  }
  assert {
    condition     = alltrue([for rule in values(module.production.rules) : rule.executing])
    error_message = "A rule does not run."
  }
}
