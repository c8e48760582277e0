variable "service" {
  description = "The service's name, with which the rules' names begin."
  type        = string
}

variable "environment" {
  description = "Where the service runs, such as staging; part of the rules' names."
  type        = string
}

variable "squadcast_webhook_url" {
  description = "The webhook URL that Squadcast shows for the alert source Kapacitor of a service."
  type        = string
  sensitive   = true
}

variable "database" {
  description = "The InfluxDB database that Telegraf writes to."
  type        = string
  default     = "telegraf"
}

variable "where" {
  description = "Watch only series whose tags have one of these values."
  type        = map(list(string))
  default     = null
}

variable "thresholds" {
  description = "Above how many percent processor, memory and disk alert, and after how long a silence."
  type = object({
    cpu     = optional(number, 90)
    memory  = optional(number, 90)
    disk    = optional(number, 85)
    silence = optional(string, "10m")
  })
  default = {}

  validation {
    condition = alltrue([
      for percent in [var.thresholds.cpu, var.thresholds.memory, var.thresholds.disk] : percent > 0 && percent < 100
    ])
    error_message = "The thresholds for cpu, memory and disk are percentages: more than 0 and less than 100."
  }

  validation {
    condition     = can(regex("^[1-9][0-9]*[smhd]$", var.thresholds.silence))
    error_message = "The silence is a duration such as 30s, 10m or 1h."
  }
}

variable "without" {
  description = "The alerts to leave out: cpu, memory, disk or deadman."
  type        = set(string)
  default     = []

  validation {
    condition     = length(setsubtract(var.without, ["cpu", "memory", "disk", "deadman"])) == 0
    error_message = "There are the alerts cpu, memory, disk and deadman."
  }
}

variable "overrides" {
  description = "Attributes of single rules, by the alert's name (cpu, memory, disk, deadman)."
  type = map(object({
    name               = optional(string)
    enabled            = optional(bool)
    task_id            = optional(string)
    database           = optional(string)
    retention_policy   = optional(string)
    measurement        = optional(string)
    field              = optional(string)
    group_by           = optional(list(string))
    where              = optional(map(list(string)))
    exclude            = optional(map(list(string)))
    aggregate          = optional(string)
    period             = optional(string)
    every              = optional(string)
    trigger            = optional(string)
    operator           = optional(string)
    value              = optional(string)
    lower              = optional(string)
    upper              = optional(string)
    change             = optional(string)
    shift              = optional(string)
    message            = optional(string)
    details            = optional(string)
    state_changes_only = optional(bool)
    no_recoveries      = optional(bool)
    flapping           = optional(bool)
    resolve_on_destroy = optional(bool)
  }))
  default = {}

  validation {
    condition     = length(setsubtract(keys(var.overrides), ["cpu", "memory", "disk", "deadman"])) == 0
    error_message = "There are the alerts cpu, memory, disk and deadman."
  }
}

variable "post" {
  description = "The webhooks of single rules in place of `squadcast_webhook_url`, by the alert's name (cpu, memory, disk, deadman): what the rule's `post` takes."
  type = map(list(object({
    url                          = optional(string)
    url_env                      = optional(string)
    url_wo                       = optional(string)
    url_wo_version               = optional(string)
    endpoint                     = optional(string)
    headers                      = optional(map(string))
    sensitive_headers            = optional(map(string))
    sensitive_headers_wo         = optional(map(string))
    sensitive_headers_wo_version = optional(string)
  })))
  default = {}

  validation {
    condition     = length(setsubtract(keys(var.post), ["cpu", "memory", "disk", "deadman"])) == 0
    error_message = "There are the alerts cpu, memory, disk and deadman."
  }
}

variable "handlers" {
  description = "Other places that the alerts go to, by the alert's name (cpu, memory, disk, deadman): what the rule's `handlers` takes."
  type        = any
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.handlers), ["cpu", "memory", "disk", "deadman"])) == 0
    error_message = "There are the alerts cpu, memory, disk and deadman."
  }
}
