//! The kinds of handlers that Kapacitor's API adds to a topic, with the names of their options on the wire.
//!
//! They are those of `createHandlerFromSpec` in kapacitor's services/alert/service.go (1.8.3) and of the `HandlerConfig` of
//! each service. What an option means is said once: by the handlers' table if a rule has the option too.

use super::option::{Content, HandlerOption};
use super::table::KINDS;
use crate::template::Place;

/// A kind of handler of a topic.
#[derive(Debug, PartialEq, Eq)]
pub struct TopicKind {
    /// Its name on the wire and in Terraform.
    pub name: &'static str,
    /// The kind of a rule's handler that does the same, if there is one.
    like: &'static str,
    /// What it does, where no rule has it.
    own_documentation: &'static str,
    /// Its options.
    pub options: &'static [TopicOption],
}

/// An option of a kind.
#[derive(Debug, PartialEq, Eq)]
pub struct TopicOption {
    /// Its name in Terraform.
    pub name: &'static str,
    /// Its name on the wire.
    pub wire: &'static str,
    /// Its type.
    pub kind: TopicOptionKind,
    /// Whether the handler does nothing without it.
    pub required: bool,
    /// Whether its value is a secret.
    pub secret: bool,
    /// The option of the rule's handler that means the same, if there is one.
    like: &'static str,
    own_documentation: &'static str,
    own_content: Content,
}

/// The type of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TopicOptionKind {
    /// A text.
    Text,
    /// Several texts.
    List,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Integer,
    /// Texts by name.
    Map,
    /// A duration: a TICKscript duration in Terraform, nanoseconds on the wire.
    Duration,
    /// Several maps of texts, each with these names.
    Maps(&'static [&'static str]),
}

impl TopicKind {
    /// The kind of that name.
    pub fn named(name: &str) -> Option<&'static TopicKind> {
        TOPIC_KINDS.iter().find(|kind| kind.name == name)
    }

    /// What it does, in one sentence.
    pub fn documentation(&self) -> &'static str {
        match KINDS.iter().find(|kind| kind.name == self.like) {
            Some(kind) => kind.documentation,
            None => self.own_documentation,
        }
    }

    /// What an option means, in one sentence.
    pub fn documentation_of(&self, option: &TopicOption) -> &'static str {
        match self.like_of(option) {
            Some(same) if option.own_documentation.is_empty() => same.documentation,
            _ => option.own_documentation,
        }
    }

    /// What Kapacitor takes the text of an option for.
    pub fn content_of(&self, option: &TopicOption) -> Content {
        self.like_of(option).map_or(option.own_content, |same| same.content)
    }

    fn like_of(&self, option: &TopicOption) -> Option<&'static HandlerOption> {
        let kind = KINDS.iter().find(|kind| kind.name == self.like)?;
        kind.options.iter().find(|same| same.name == option.like)
    }
}

const fn option(
    name: &'static str,
    wire: &'static str,
    kind: TopicOptionKind,
    own_documentation: &'static str,
) -> TopicOption {
    TopicOption {
        name,
        wire,
        kind,
        required: false,
        secret: false,
        like: "",
        own_documentation,
        own_content: Content::Plain,
    }
}

/// An option that means the same as one of the rule's handler.
const fn like(name: &'static str, wire: &'static str, kind: TopicOptionKind, like: &'static str) -> TopicOption {
    TopicOption {
        like,
        ..option(name, wire, kind, "")
    }
}

const fn required(option: TopicOption) -> TopicOption {
    TopicOption {
        required: true,
        ..option
    }
}

const fn secret(option: TopicOption) -> TopicOption {
    TopicOption { secret: true, ..option }
}

const fn with(option: TopicOption, own_content: Content) -> TopicOption {
    TopicOption { own_content, ..option }
}

const fn kind(name: &'static str, like: &'static str, options: &'static [TopicOption]) -> TopicKind {
    TopicKind {
        name,
        like,
        own_documentation: "",
        options,
    }
}

const fn own(name: &'static str, own_documentation: &'static str, options: &'static [TopicOption]) -> TopicKind {
    TopicKind {
        name,
        like: "",
        own_documentation,
        options,
    }
}

use TopicOptionKind::{Duration, Flag, Integer, List, Map, Maps, Text};

/// Every kind, in the order of the alphabet.
pub const TOPIC_KINDS: &[TopicKind] = &[
    own("aggregate", "Collects the topic's alerts, and sends one alert for all of an interval to another topic.", &[
        required(option("id", "id", Text, "The id of the alert that is sent.")),
        required(option("interval", "interval", Duration, "How long alerts are collected, such as `30s`.")),
        required(option("topic", "topic", Text, "The topic that the alert is sent to.")),
        option("message", "message", Text, "The template of its message, with `.Count` and `.Interval`; without it, Kapacitor's own."),
    ]),
    kind("alerta", "alerta", &[
        secret(like("token", "token", Text, "token")),
        option("token_prefix", "token-prefix", Text, "What stands before the token in the header; without it, that of Kapacitor's configuration."),
        like("resource", "resource", Text, "resource"),
        like("event", "event", Text, "event"),
        like("environment", "environment", Text, "environment"),
        like("group", "group", Text, "group"),
        like("value", "value", Text, "value"),
        like("origin", "origin", Text, "origin"),
        like("service", "service", List, "service"),
        like("correlate", "correlate", List, "correlate"),
        option("attributes", "attributes", Map, "Further attributes of the alert."),
        option("timeout", "timeout", Duration, "After what time Alerta takes the alert for gone, such as `24h`."),
    ]),
    kind("bigpanda", "bigPanda", &[
        secret(like("app_key", "app-key", Text, "appKey")),
        option("url", "url", Text, "The URL of BigPanda's API; without it, that of Kapacitor's configuration."),
        option("host", "host", Text, "The host that the alert is about."),
        like("primary_property", "primary-property", Text, "primaryProperty"),
        like("secondary_property", "secondary-property", Text, "secondaryProperty"),
        option("attributes", "attributes", Map, "Further attributes of the alert."),
    ]),
    own("discord", "Sends the alert's message to Discord.", &[
        option("workspace", "workspace", Text, "The workspace, by its name in Kapacitor's configuration; without it, the default one."),
        option("username", "username", Text, "The name that the message is sent under; without it, that of Kapacitor's configuration."),
        option("avatar_url", "avatar-url", Text, "The URL of the picture that is shown with the message."),
        option("embed_title", "embed-title", Text, "The title of the message; without it, that of Kapacitor's configuration."),
    ]),
    kind("exec", "exec", &[
        required(with(option("prog", "prog", Text, "The program, an absolute path on Kapacitor's host."), Content::Path)),
        option("args", "args", List, "Its arguments."),
    ]),
    own("hipchat", "Sends the alert's message to HipChat.", &[
        option("room", "room", Text, "The room; without it, that of Kapacitor's configuration."),
        secret(option("token", "token", Text, "The authentication token; without it, that of Kapacitor's configuration.")),
    ]),
    kind("kafka", "kafka", &[
        required(like("cluster", "cluster", Text, "cluster")),
        required(option("kafka_topic", "topic", Text, "The topic of the Kafka cluster.")),
        like("template", "template", Text, "template"),
        option("disable_partition_by_id", "disablePartitionById", Flag, "Whether messages are spread over all partitions, and not kept together by the alert's id."),
        option("partition_algorithm", "partitionAlgorithm", Text, "How the partition is chosen by the alert's id, such as `murmur2`; without it, `crc32`."),
    ]),
    kind("log", "log", &[
        required(like("path", "path", Text, "filePath")),
        option("mode", "mode", Integer, "The mode of the file as a decimal number, such as `384` for 0600; without it, 0600."),
    ]),
    own("mqtt", "Publishes the alert's message to an MQTT broker.", &[
        option("broker_name", "broker-name", Text, "The broker, by its name in Kapacitor's configuration; without it, the default one."),
        required(option("mqtt_topic", "topic", Text, "The MQTT topic.")),
        option("qos", "qos", Integer, "The quality of service: `0`, `1` or `2`."),
        option("retained", "retained", Flag, "Whether the broker keeps the message for later subscribers."),
    ]),
    kind("opsgenie", "opsGenie", &[
        like("teams", "teams-list", List, "teams"),
        like("recipients", "recipients-list", List, "recipients"),
    ]),
    kind("opsgenie2", "opsGenie2", &[
        like("teams", "teams-list", List, "teams"),
        like("recipients", "recipients-list", List, "recipients"),
        option("recovery_action", "recovery_action", Text, "What a recovery does to the alert: `close` or `notes`; without it, that of Kapacitor's configuration."),
    ]),
    kind("pagerduty", "pagerDuty", &[
        secret(like("service_key", "service-key", Text, "serviceKey")),
    ]),
    kind("pagerduty2", "pagerDuty2", &[
        secret(option("routing_key", "routing-key", Text, "The integration key of the service; without it, that of Kapacitor's configuration.")),
        option("links", "links", Maps(&["href", "text"]), "Links that are shown with the incident, each with `href` and `text`."),
    ]),
    own("post", "Posts the alert as JSON to a webhook, such as Squadcast's.", &[
        secret(with(option("url", "url", Text, "The URL that alerts are posted to, which is used where `endpoint` is not live."), Content::Url)),
        option("endpoint", "endpoint", Text, "The endpoint of kapacitor.conf that alerts are posted to; Kapacitor hides a handler whose endpoint is gone, unless it has a `url` too."),
        option("headers", "headers", Map, "HTTP headers of each post, without secrets."),
        secret(option("sensitive_headers", "headers", Map, "More HTTP headers of each post, whose values Terraform does not show.")),
        option("capture_response", "capture-response", Flag, "Whether Kapacitor logs what the webhook answers if that is an error."),
        option("timeout", "timeout", Duration, "How long Kapacitor waits for the webhook, such as `10s`; without it, for ever."),
        option("skip_ssl_verification", "skip-ssl-verification", Flag, "Whether the webhook's certificate is not checked."),
    ]),
    own("publish", "Hands the alert on to other topics.", &[
        required(option("topics", "topics", List, "The topics that get the alert.")),
    ]),
    kind("pushover", "pushover", &[
        secret(like("user_key", "user-key", Text, "userKey")),
        like("device", "device", Text, "device"),
        like("title", "title", Text, "title"),
        like("url", "url", Text, "url"),
        like("url_title", "url-title", Text, "urlTitle"),
        like("sound", "sound", Text, "sound"),
    ]),
    kind("sensu", "sensu", &[
        like("source", "source", Text, "source"),
        like("handlers", "handlers", List, "handlers"),
        option("metadata", "metadata", Map, "Further fields of the check."),
    ]),
    kind("servicenow", "serviceNow", &[
        option("url", "url", Text, "The URL of ServiceNow's API; without it, that of Kapacitor's configuration."),
        option("username", "username", Text, "The user; without it, that of Kapacitor's configuration."),
        secret(option("password", "password", Text, "The password; without it, that of Kapacitor's configuration.")),
        like("source", "source", Text, "source"),
        like("node", "Node", Text, "node"),
        like("type", "Type", Text, "type"),
        like("resource", "Resource", Text, "resource"),
        like("metric_name", "MetricName", Text, "metricName"),
        like("message_key", "MessageKey", Text, "messageKey"),
        option("additional_info", "additional_info", Map, "Further fields of the event."),
    ]),
    kind("slack", "slack", &[
        like("workspace", "workspace", Text, "workspace"),
        like("channel", "channel", Text, "channel"),
        like("username", "username", Text, "username"),
        like("icon_emoji", "icon-emoji", Text, "iconEmoji"),
    ]),
    kind("smtp", "email", &[
        like("to", "to", List, "to"),
        option("to_templates", "to-field", List, "Templates of further recipients."),
    ]),
    own("snmptrap", "Sends the alert as an SNMP trap.", &[
        required(option("trap_oid", "trap-oid", Text, "The OID of the trap.")),
        option("data_list", "data-list", Maps(&["oid", "type", "value"]), "What the trap holds, each with `oid`, `type` (such as `s` for a text) and `value`, a template."),
    ]),
    kind("talk", "talk", &[]),
    kind("tcp", "tcp", &[
        required(like("address", "address", Text, "address")),
    ]),
    kind("teams", "teams", &[
        secret(like("channel_url", "channel-url", Text, "channelURL")),
    ]),
    kind("telegram", "telegram", &[
        like("chat_id", "chat-id", Text, "chatId"),
        like("parse_mode", "parse-mode", Text, "parseMode"),
        like("disable_web_page_preview", "disable-web-page-preview", Flag, "disableWebPagePreview"),
        like("disable_notification", "disable-notification", Flag, "disableNotification"),
    ]),
    kind("victorops", "victorOps", &[
        like("routing_key", "routing-key", Text, "routingKey"),
    ]),
    kind("zenoss", "zenoss", &[
        like("action", "action", Text, "action"),
        like("method", "method", Text, "method"),
        like("type", "type", Text, "type"),
        like("tid", "tid", Integer, "tid"),
        with(option("summary", "Summary", Text, "The event's summary; without it, the alert's message."), Content::Template(Place::Zenoss)),
        like("device", "Device", Text, "device"),
        like("component", "Component", Text, "component"),
        like("event_class_key", "EventClassKey", Text, "eventClassKey"),
        like("event_class", "EventClass", Text, "eventClass"),
        option("collector", "Collector", Text, "The collector of the event."),
        option("message", "Message", Text, "The event's message; without it, the alert's details."),
        option("custom_fields", "customField", Map, "Further fields of the event."),
    ]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_documented_and_what_is_said_to_be_the_same_exists() {
        for kind in TOPIC_KINDS {
            assert!(kind.documentation().ends_with('.'), "{}", kind.name);
            assert!(
                kind.like.is_empty() || KINDS.iter().any(|same| same.name == kind.like),
                "{}",
                kind.name
            );
            for option in kind.options {
                let documentation = kind.documentation_of(option);
                assert!(documentation.ends_with('.'), "{}.{}", kind.name, option.name);
                assert!(
                    option.like.is_empty() || kind.like_of(option).is_some(),
                    "{}.{}",
                    kind.name,
                    option.name
                );
                let same_secret = kind.like_of(option).is_none_or(|same| same.secret == option.secret);
                assert!(same_secret, "{}.{}: is it a secret?", kind.name, option.name);
            }
        }
    }
}
