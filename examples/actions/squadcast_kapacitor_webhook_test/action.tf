variable "squadcast_webhook_url" {
  description = "The webhook URL that Squadcast shows for the service's alert source Kapacitor."
  type        = string
  sensitive   = true
}

# Whenever the endpoint gets another URL, Kapacitor proves that it reaches it. It can also be asked for at any time:
# terraform apply -invoke=action.squadcast_kapacitor_webhook_test.squadcast
action "squadcast_kapacitor_webhook_test" "squadcast" {
  config {
    url = var.squadcast_webhook_url
  }
}

resource "squadcast_kapacitor_endpoint" "squadcast" {
  name = "squadcast"
  url  = var.squadcast_webhook_url

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.squadcast_kapacitor_webhook_test.squadcast]
    }
  }
}
