# Every rule that runs and posts to a webhook. `terraform query -generate-config-out=rules.tf` also writes a configuration
# that imports them.
list "squadcast_kapacitor_alert_rule" "posting" {
  provider = squadcast

  config {
    status  = "enabled"
    handler = "post"
  }
}

# The rules for one database whose names begin alike.
list "squadcast_kapacitor_alert_rule" "cpu" {
  provider = squadcast

  config {
    name     = "cpu*"
    database = "telegraf"
  }
}
