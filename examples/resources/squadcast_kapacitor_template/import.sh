# By the id of the template.
terraform import squadcast_kapacitor_template.threshold threshold
