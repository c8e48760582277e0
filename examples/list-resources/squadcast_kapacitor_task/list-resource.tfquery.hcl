# Every task that reads a database.
list "squadcast_kapacitor_task" "telegraf" {
  provider = squadcast

  config {
    database = "telegraf"
  }
}
