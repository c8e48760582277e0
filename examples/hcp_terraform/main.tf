# State and runs are in HCP Terraform; an agent in your network reaches Kapacitor. The workspace sets the environment
# variables KAPACITOR_URL and SQUADCAST_WEBHOOK_URL, so that no secret is in a file or in the state.

terraform {
  cloud {
    organization = "example"

    workspaces {
      name = "kapacitor-production"
    }
  }

  required_providers {
    squadcast = {
      source = "squadcast-kapacitor/squadcast"
    }
  }
}

provider "squadcast" {
  # Longer than the longest apply of another workspace that writes to the same Kapacitor.
  lease_wait = 1800
}

resource "squadcast_kapacitor_endpoint" "squadcast" {
  name    = "squadcast"
  url_env = "SQUADCAST_WEBHOOK_URL"
  headers = { Content-Type = "application/json" }
}
