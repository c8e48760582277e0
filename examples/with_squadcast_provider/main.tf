# Squadcast's own provider is called `squadcast` too. Each gets a local name of its own, and every resource of this
# provider names its provider, since Terraform would otherwise take the one that the type's name begins with.

terraform {
  required_providers {
    squadcast = {
      source = "SquadcastHub/squadcast"
    }
    kapacitor = {
      source = "squadcast-kapacitor/squadcast"
    }
  }
}

# Squadcast's own provider takes its token from SQUADCAST_REFRESH_TOKEN.
provider "squadcast" {
  region = "us"
}

provider "kapacitor" {
  url = "http://kapacitor:9092"
}

data "squadcast_team" "sre" {
  name = "SRE"
}

data "squadcast_service" "web" {
  name    = "web"
  team_id = data.squadcast_team.sre.id
}

resource "squadcast_kapacitor_endpoint" "squadcast" {
  provider = kapacitor

  name    = "squadcast"
  url     = data.squadcast_service.web.active_alert_source_endpoints["kapacitor"]
  headers = { Content-Type = "application/json" }
}

resource "squadcast_kapacitor_alert_rule" "cpu" {
  provider = kapacitor

  name        = "cpu high"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  message     = "{{ .ID }} is {{ .Level }}"

  post = [{
    endpoint = squadcast_kapacitor_endpoint.squadcast.name
    url      = squadcast_kapacitor_endpoint.squadcast.url
  }]
}
