variable "squadcast_webhook_url" {
  description = "The webhook URL that Squadcast shows for the alert source Kapacitor of a service."
  type        = string
  sensitive   = true
}

data "squadcast_kapacitor_webhook_test" "squadcast" {
  url = var.squadcast_webhook_url
}

# Each plan and each apply warns where Kapacitor's host does not get through to the webhook.
check "squadcast_is_reached" {
  assert {
    condition     = data.squadcast_kapacitor_webhook_test.squadcast.reached
    error_message = "Kapacitor does not reach the webhook: ${data.squadcast_kapacitor_webhook_test.squadcast.message}"
  }
}
