data "squadcast_kapacitor_endpoint" "squadcast" {
  name = "squadcast"
}

check "squadcast_is_live" {
  assert {
    condition     = data.squadcast_kapacitor_endpoint.squadcast.live
    error_message = "Somebody added the endpoint through Kapacitor's API. Kapacitor does not post to it: declare it in kapacitor.conf."
  }
}
