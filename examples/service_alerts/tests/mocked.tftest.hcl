# Without a server: what the module asks for.

mock_provider "squadcast" {
  alias = "mocked"
}

variables {
  staging_url           = "http://staging:9092"
  production_url        = "http://production:9092"
  squadcast_webhook_url = "https://squadcast.example/v2/incidents/kapacitor/key"
  platform_webhook_url  = "https://squadcast.example/v2/incidents/kapacitor/other-key"
}

run "thresholds_reach_the_rules" {
  command = plan
  providers = {
    squadcast = squadcast.mocked
  }
  module {
    source = "../modules/service_alerts"
  }
  variables {
    service     = "shop"
    environment = "test"
    thresholds  = { cpu = 70 }
    without     = ["memory"]
    overrides   = { disk = { operator = ">=", name = "{{ index .Tags \"host\" }} disk" } }
    post        = { cpu = [{ endpoint = "squadcast" }, { url = sensitive("https://elsewhere.example/key"), headers = { X-Team = "ops" } }] }
    handlers    = { cpu = { slack = [{ channel = "#ops" }] } }
  }

  assert {
    condition     = squadcast_kapacitor_alert_rule.this["cpu"].value == "70"
    error_message = "The threshold does not reach the rule."
  }
  assert {
    condition     = squadcast_kapacitor_alert_rule.this["disk"].operator == ">=" && squadcast_kapacitor_alert_rule.this["disk"].value == "85"
    error_message = "An override replaces more than its attribute."
  }
  assert {
    condition     = squadcast_kapacitor_alert_rule.this["disk"].name == "{{ index .Tags \"host\" }} disk" && squadcast_kapacitor_alert_rule.this["cpu"].name == "shop test cpu"
    error_message = "A name does not reach its rule, or another one."
  }
  assert {
    condition = (
      squadcast_kapacitor_alert_rule.this["cpu"].post[0].endpoint == "squadcast" &&
      nonsensitive(squadcast_kapacitor_alert_rule.this["cpu"].post[1].url) == "https://elsewhere.example/key" &&
      squadcast_kapacitor_alert_rule.this["cpu"].post[1].headers["X-Team"] == "ops"
    )
    error_message = "A webhook does not reach its rule."
  }
  assert {
    condition     = nonsensitive(squadcast_kapacitor_alert_rule.this["disk"].post[0].url) == "https://squadcast.example/v2/incidents/kapacitor/key"
    error_message = "A webhook reaches another rule than its own."
  }
  assert {
    condition     = squadcast_kapacitor_alert_rule.this["cpu"].handlers.slack[0].channel == "#ops"
    error_message = "A handler does not reach its rule."
  }
  assert {
    condition     = squadcast_kapacitor_alert_rule.this["disk"].handlers == null
    error_message = "A handler reaches another rule than its own."
  }
  assert {
    condition     = !contains(keys(squadcast_kapacitor_alert_rule.this), "memory")
    error_message = "An alert that is left out is there."
  }
}

run "a_threshold_of_more_than_100_per_cent_is_refused" {
  command = plan
  providers = {
    squadcast = squadcast.mocked
  }
  module {
    source = "../modules/service_alerts"
  }
  variables {
    service     = "shop"
    environment = "test"
    thresholds  = { cpu = 900 }
  }
  expect_failures = [var.thresholds]
}

run "a_webhook_for_an_alert_that_does_not_exist_is_refused" {
  command = plan
  providers = {
    squadcast = squadcast.mocked
  }
  module {
    source = "../modules/service_alerts"
  }
  variables {
    service     = "shop"
    environment = "test"
    post        = { cpus = [{ endpoint = "squadcast" }] }
  }
  expect_failures = [var.post]
}
