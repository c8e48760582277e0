import {
  to = squadcast_kapacitor_template.threshold
  identity = {
    template_id = "threshold"
  }
}
