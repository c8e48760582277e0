# Every template whose id begins with "cpu".
list "squadcast_kapacitor_template" "cpu" {
  provider = squadcast

  config {
    name = "cpu*"
  }
}
