# Every endpoint that kapacitor.conf declares.
list "squadcast_kapacitor_endpoint" "all" {
  provider         = squadcast
  include_resource = true
}
