# By the id of the task.
terraform import squadcast_kapacitor_task.disk disk-full
