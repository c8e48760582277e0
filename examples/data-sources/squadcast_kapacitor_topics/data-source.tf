data "squadcast_kapacitor_topics" "critical" {
  level = "CRITICAL"
}

# Each plan and each apply warns of what is on fire.
check "nothing_is_critical" {
  assert {
    condition = length(data.squadcast_kapacitor_topics.critical.firing) == 0
    error_message = join("\n", [
      for alert in data.squadcast_kapacitor_topics.critical.firing : "${alert.id} is ${alert.level} since ${alert.since}"
    ])
  }
}
