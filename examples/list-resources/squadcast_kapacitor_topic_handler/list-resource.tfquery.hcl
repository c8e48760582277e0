list "squadcast_kapacitor_topic_handler" "all" {
  provider         = squadcast
  include_resource = true
  config {
    topic = "*"
  }
}
