import {
  to = squadcast_kapacitor_topic_handler.squadcast
  identity = {
    topic      = "ops"
    handler_id = "squadcast"
  }
}
