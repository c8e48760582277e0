# The URL is in the environment of the machine that runs Terraform, and in no plan and no state.

terraform {
  required_providers {
    squadcast = {
      source = "squadcast-kapacitor/squadcast"
    }
  }
}

variable "kapacitor_url" {
  description = "Base URL of Kapacitor's HTTP API."
  type        = string
  default     = "http://localhost:9092"
}

provider "squadcast" {
  url = var.kapacitor_url
}

resource "squadcast_kapacitor_endpoint" "squadcast" {
  name    = "squadcast"
  url_env = "SQUADCAST_WEBHOOK_URL"
  headers = { Content-Type = "application/json" }
}
