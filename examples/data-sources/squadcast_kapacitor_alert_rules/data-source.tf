# All rules that post to a webhook, whoever made them.
data "squadcast_kapacitor_alert_rules" "posting" {
  name    = "cpu*"
  handler = "post"
}

# Each plan and each apply warns where such a rule does not run.
check "rules_run" {
  assert {
    condition     = alltrue([for rule in data.squadcast_kapacitor_alert_rules.posting.rules : rule.executing])
    error_message = "A rule about the CPU does not run."
  }
}
