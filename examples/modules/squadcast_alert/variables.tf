variable "name" {
  description = "The rule's name."
  type        = string
}

variable "measurement" {
  description = "The measurement that the rule watches."
  type        = string
}

variable "trigger" {
  description = "What makes the rule critical: threshold, range, relative or deadman."
  type        = string
}

variable "squadcast_webhook_url" {
  description = "The webhook URL that Squadcast shows for the alert source Kapacitor of a service."
  type        = string
  sensitive   = true
}

variable "database" {
  description = "The InfluxDB database that the data is written to."
  type        = string
  default     = "telegraf"
}

variable "message" {
  description = "The alert's message, a Go template."
  type        = string
  default     = "{{ .ID }} is {{ .Level }}"
}

variable "group_by" {
  description = "The tags to group by: each combination of their values is an alert of its own."
  type        = list(string)
  default     = null
}

variable "field" {
  description = "The field that the rule watches."
  type        = string
  default     = null
}

variable "aggregate" {
  description = "The function that makes one value of a window of points."
  type        = string
  default     = null
}

variable "period" {
  description = "The length of the window, or how long no point may arrive."
  type        = string
  default     = null
}

variable "every" {
  description = "How often the aggregate is evaluated."
  type        = string
  default     = null
}

variable "operator" {
  description = "How the value is compared."
  type        = string
  default     = null
}

variable "value" {
  description = "What the value is compared with."
  type        = string
  default     = null
}

variable "lower" {
  description = "The lower bound of a range."
  type        = string
  default     = null
}

variable "upper" {
  description = "The upper bound of a range."
  type        = string
  default     = null
}

variable "change" {
  description = "How a change is measured: amount or percent."
  type        = string
  default     = null
}

variable "shift" {
  description = "How far back the value is that the current one is compared with."
  type        = string
  default     = null
}
