# By the topic and the handler's id.
terraform import squadcast_kapacitor_topic_handler.squadcast ops/squadcast
