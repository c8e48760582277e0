# By the rule's name, as Chronograf shows it.
terraform import squadcast_kapacitor_alert_rule.cpu "cpu high"

# By the id of its Kapacitor task.
terraform import squadcast_kapacitor_alert_rule.cpu chronograf-v1-0f4b5d2c-6a3e-4d59-9c1b-2e8f7a6b5c4d
