import {
  to = squadcast_kapacitor_endpoint.squadcast
  identity = {
    name = "squadcast"
  }
}
