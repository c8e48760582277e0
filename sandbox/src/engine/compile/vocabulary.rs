//! Which methods and properties Kapacitor's nodes have, as far as it matters: what is not listed for a node that is, Kapacitor
//! refuses; nodes that are not listed are let pass, because only its compiler knows them all.

/// The Go type of the node that a chain method makes, for the nodes that are known.
pub fn class(function: &str) -> Option<&'static str> {
    match function {
        "stream" => Some("*pipeline.StreamNode"),
        "batch" => Some("*pipeline.BatchNode"),
        "from" => Some("*pipeline.FromNode"),
        "alert" => Some("*pipeline.AlertNode"),
        "window" => Some("*pipeline.WindowNode"),
        "eval" => Some("*pipeline.EvalNode"),
        "count" | "distinct" | "first" | "last" | "max" | "mean" | "median" | "min" | "mode" | "spread" | "stddev"
        | "sum" => Some("*pipeline.InfluxQLNode"),
        _ => None,
    }
}

/// The type of an alert.
pub const ALERT_NODE: &str = "*pipeline.AlertNode";

/// Stands for the type of a node that is not known.
pub const ANY: &str = "*pipeline.Node";

/// Chain methods of any node but the source.
const METHODS: [&str; 60] = [
    "alert",
    "barrier",
    "bottom",
    "changeDetect",
    "combine",
    "count",
    "cumulativeSum",
    "deadman",
    "default",
    "delete",
    "derivative",
    "difference",
    "distinct",
    "ec2Autoscale",
    "elapsed",
    "eval",
    "first",
    "flatten",
    "groupBy",
    "holtWinters",
    "holtWintersWithFit",
    "httpOut",
    "httpPost",
    "influxDBOut",
    "join",
    "k8sAutoscale",
    "kapacitorLoopback",
    "last",
    "log",
    "max",
    "mean",
    "median",
    "min",
    "mode",
    "movingAverage",
    "percentile",
    "sample",
    "shift",
    "sideload",
    "spread",
    "stateCount",
    "stateDuration",
    "stats",
    "stddev",
    "sum",
    "swarmAutoscale",
    "top",
    "trickle",
    "union",
    "where",
    "window",
    "ema",
    "dema",
    "tema",
    "rsi",
    "triple_exponential_derivative",
    "relativeVarianceExponential",
    "kaufmansEfficiencyRatio",
    "kaufmansAdaptiveMovingAverage",
    "chandeMomentumOscillator",
];

/// Whether `|function()` may follow a node of the class.
pub fn has_method(class: &str, function: &str) -> bool {
    match class {
        "*pipeline.StreamNode" => matches!(function, "from" | "stats" | "deadman"),
        "*pipeline.BatchNode" => matches!(function, "query" | "queryFlux" | "stats" | "deadman"),
        _ => METHODS.contains(&function) || (class == "*pipeline.FromNode" && function == "from"),
    }
}

const FROM: [&str; 11] = [
    "database",
    "retentionPolicy",
    "measurement",
    "where",
    "groupBy",
    "groupByMeasurement",
    "round",
    "truncate",
    "quiet",
    "filterBy",
    "as",
];
const WINDOW: [&str; 7] = [
    "period",
    "every",
    "align",
    "fillPeriod",
    "periodCount",
    "everyCount",
    "quiet",
];
const EVAL: [&str; 5] = ["as", "keep", "tags", "quiet", "asTags"];
/// Of the alert itself, its handlers, and the handlers' own properties.
const ALERT: [&str; 118] = [
    "all",
    "category",
    "crit",
    "critReset",
    "details",
    "durationField",
    "flapping",
    "history",
    "id",
    "idField",
    "idTag",
    "info",
    "infoReset",
    "inhibit",
    "levelField",
    "levelTag",
    "message",
    "messageField",
    "noRecoveries",
    "quiet",
    "stateChangesOnly",
    "topic",
    "warn",
    "warnReset",
    "alerta",
    "bigPanda",
    "discord",
    "email",
    "exec",
    "hipChat",
    "kafka",
    "log",
    "mqtt",
    "opsGenie",
    "opsGenie2",
    "pagerDuty",
    "pagerDuty2",
    "post",
    "pushover",
    "sensu",
    "serviceNow",
    "slack",
    "snmpTrap",
    "talk",
    "tcp",
    "teams",
    "telegram",
    "victorOps",
    "zenoss",
    "action",
    "additionalInfo",
    "appKey",
    "args",
    "attribute",
    "avatarURL",
    "brokerName",
    "captureResponse",
    "channel",
    "channelURL",
    "chatId",
    "cluster",
    "collector",
    "component",
    "correlated",
    "customField",
    "data",
    "device",
    "disableNotification",
    "disablePartitionById",
    "disableWebPagePreview",
    "embedTitle",
    "endpoint",
    "environment",
    "event",
    "eventClass",
    "eventClassKey",
    "group",
    "handlers",
    "hashBalance",
    "header",
    "host",
    "iconEmoji",
    "kafkaTopic",
    "link",
    "metadata",
    "method",
    "metricName",
    "messageKey",
    "mode",
    "node",
    "origin",
    "parseMode",
    "partitionHashAlgorithm",
    "primaryProperty",
    "qos",
    "recipients",
    "recoveryAction",
    "resource",
    "retained",
    "room",
    "routingKey",
    "secondaryProperty",
    "serviceKey",
    "services",
    "skipSSLVerification",
    "sound",
    "source",
    "summary",
    "template",
    "tid",
    "timeout",
    "title",
    "to",
    "token",
    "type",
    "uRL",
    "uRLTitle",
    "userKey",
];
/// The rest of the handlers' own properties.
const ALERT_MORE: [&str; 6] = [
    "username",
    "value",
    "workspace",
    "toTemplates",
    "autoAttributes",
    "tokenPrefix",
];

/// Whether `.property()` may stand at a node of the class.
pub fn has_property(class: &str, property: &str) -> bool {
    match class {
        "*pipeline.StreamNode" | "*pipeline.BatchNode" => property == "quiet",
        "*pipeline.FromNode" => FROM.contains(&property),
        "*pipeline.WindowNode" => WINDOW.contains(&property),
        "*pipeline.EvalNode" => EVAL.contains(&property),
        "*pipeline.AlertNode" => ALERT.contains(&property) || ALERT_MORE.contains(&property),
        _ => true,
    }
}

/// Whether a property takes one text and nothing else.
pub fn takes_one_text(class: &str, property: &str) -> bool {
    match class {
        "*pipeline.FromNode" => matches!(property, "database" | "retentionPolicy" | "measurement"),
        "*pipeline.AlertNode" => matches!(property, "idTag" | "levelTag" | "messageField" | "durationField"),
        _ => false,
    }
}

/// Whether a property takes one duration and nothing else.
pub fn takes_one_duration(class: &str, property: &str) -> bool {
    class == "*pipeline.WindowNode" && matches!(property, "period" | "every")
}

/// Whether a handler of an alert needs an argument.
pub fn needs_argument(class: &str, property: &str) -> bool {
    class == "*pipeline.AlertNode" && matches!(property, "tcp" | "exec" | "log")
}
