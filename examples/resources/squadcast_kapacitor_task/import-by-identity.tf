import {
  to = squadcast_kapacitor_task.disk
  identity = {
    task_id = "disk-full"
  }
}
