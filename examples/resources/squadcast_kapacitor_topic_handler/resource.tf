variable "squadcast_webhook_url" {
  description = "The webhook URL that Squadcast shows for the alert source Kapacitor of a service."
  type        = string
  sensitive   = true
}

# Every TICKscript that sends its alerts to .topic('ops') opens and resolves incidents in Squadcast.
resource "squadcast_kapacitor_topic_handler" "squadcast" {
  topic      = "ops"
  handler_id = "squadcast"
  post = {
    url = var.squadcast_webhook_url
  }
}

# What is critical, and its recovery, goes to a channel too.
resource "squadcast_kapacitor_topic_handler" "slack" {
  topic      = "ops"
  handler_id = "slack"
  match      = "changed() AND (level() == CRITICAL OR level() == OK)"
  slack = {
    channel = "#ops"
  }
}

# One message for all alerts of half a minute, which has a topic of its own.
resource "squadcast_kapacitor_topic_handler" "digest" {
  topic      = "ops"
  handler_id = "digest"
  aggregate = {
    id       = "digest"
    interval = "30s"
    topic    = "digests"
    message  = "{{ .Count }} alerts in {{ .Interval }}"
  }
}
