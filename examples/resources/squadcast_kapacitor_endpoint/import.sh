# By the endpoint's name in kapacitor.conf.
terraform import squadcast_kapacitor_endpoint.squadcast squadcast
