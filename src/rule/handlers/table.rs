//! All that there is to know of each kind of handler. A new kind is a new entry here; all else in src/ follows.
//!
//! Order, names and forms are those of kapacitor's pipeline/tick/alert.go; the options are those that Chronograf knows
//! (its kapacitor.go), and where Chronograf's own script loses one, that one too.

use super::kind::HandlerKind;
use super::option::{Content, Form, HandlerOption, OptionKind};
use crate::template::Place;

/// A text that is printed as `.name('text')`, and not at all while it is empty.
const TEXT: HandlerOption = HandlerOption {
    name: "",
    method: "",
    documentation: "",
    kind: OptionKind::Text,
    form: Form::Property,
    required: false,
    secret: false,
    content: Content::Plain,
};

/// A template that is executed on the whole of the event.
const TEMPLATE: HandlerOption = HandlerOption {
    content: Content::Template(Place::Event),
    ..TEXT
};

/// A template of ServiceNow.
const SERVICE_NOW: HandlerOption = HandlerOption {
    content: Content::Template(Place::ServiceNow),
    ..TEXT
};

/// A template of Zenoss.
const ZENOSS: HandlerOption = HandlerOption {
    content: Content::Template(Place::Zenoss),
    ..TEXT
};

/// A secret text.
const SECRET: HandlerOption = HandlerOption { secret: true, ..TEXT };

/// A list that is printed as `.name('a', 'b')`, even while it is empty.
const LIST: HandlerOption = HandlerOption {
    kind: OptionKind::List,
    ..TEXT
};

/// A flag that is printed as `.name()`.
const FLAG: HandlerOption = HandlerOption {
    kind: OptionKind::Flag,
    ..TEXT
};

/// Every kind of handler, in the order in which Kapacitor prints them.
pub const KINDS: &[HandlerKind] = &[
    HandlerKind {
        name: "tcp",
        since: None,
        documentation: "Sends the alert as JSON over a TCP connection.",
        options: &[HandlerOption {
            name: "address",
            documentation: "The address to connect to, as `host:port`.",
            form: Form::Arguments,
            required: true,
            content: Content::Address,
            ..TEXT
        }],
    },
    HandlerKind {
        name: "email",
        since: None,
        documentation: "Sends the alert by mail; the rule's `details` are the mail's body, in HTML.",
        options: &[HandlerOption {
            name: "to",
            documentation: "The recipients; without any, those of Kapacitor's configuration.",
            kind: OptionKind::List,
            form: Form::Repeated,
            content: Content::Mailbox,
            ..TEXT
        }],
    },
    HandlerKind {
        name: "exec",
        since: None,
        documentation: "Runs a program on Kapacitor's host, with the alert as JSON on its standard input.",
        options: &[HandlerOption {
            name: "command",
            documentation: "The program and its arguments, such as `jsonencode([\"/usr/bin/notify\", \"-l\"])`.",
            kind: OptionKind::List,
            form: Form::Arguments,
            required: true,
            ..TEXT
        }],
    },
    HandlerKind {
        name: "log",
        since: None,
        documentation: "Appends the alert as a line of JSON to a file on Kapacitor's host.",
        options: &[HandlerOption {
            name: "filePath",
            documentation: "The absolute path of the file, which is made if it does not exist.",
            form: Form::Arguments,
            required: true,
            content: Content::Path,
            ..TEXT
        }],
    },
    HandlerKind {
        name: "victorOps",
        since: None,
        documentation: "Sends the alert to VictorOps (Splunk On-Call).",
        options: &[HandlerOption {
            name: "routingKey",
            documentation: "The routing key, which selects the team; without it, that of Kapacitor's configuration.",
            ..TEXT
        }],
    },
    HandlerKind {
        name: "pagerDuty",
        since: None,
        documentation: "Sends the alert to PagerDuty's first events API.",
        options: &[HandlerOption {
            name: "serviceKey",
            documentation: "The integration key of the service; without it, that of Kapacitor's configuration.",
            ..SECRET
        }],
    },
    HandlerKind {
        name: "pagerDuty2",
        since: None,
        documentation: "Sends the alert to PagerDuty's second events API.",
        options: &[HandlerOption {
            name: "routingKey",
            documentation: "The integration key of the service; without it, that of Kapacitor's configuration. Chronograf loses it when the rule is saved there.",
            ..SECRET
        }],
    },
    HandlerKind {
        name: "pushover",
        since: None,
        documentation: "Sends the alert to Pushover.",
        options: &[
            HandlerOption {
                name: "userKey",
                documentation: "The key of the user or group; without it, that of Kapacitor's configuration.",
                ..SECRET
            },
            HandlerOption {
                name: "device",
                documentation: "The names of the user's devices, separated by commas; without it, all of them.",
                ..TEXT
            },
            HandlerOption {
                name: "title",
                documentation: "The message's title; without it, the name of the application.",
                ..TEXT
            },
            HandlerOption {
                name: "url",
                method: "uRL",
                documentation: "A URL that is shown with the message.",
                ..TEXT
            },
            HandlerOption {
                name: "urlTitle",
                method: "uRLTitle",
                documentation: "The text of that URL's link; without it, the URL.",
                ..TEXT
            },
            HandlerOption {
                name: "sound",
                documentation: "The name of the sound to play; without it, the one that the user chose.",
                ..TEXT
            },
        ],
    },
    HandlerKind {
        name: "sensu",
        since: None,
        documentation: "Sends the alert to Sensu.",
        options: &[
            HandlerOption {
                name: "source",
                documentation: "The source of the check; without it, that of Kapacitor's configuration.",
                ..TEMPLATE
            },
            HandlerOption {
                name: "handlers",
                documentation: "The names of Sensu's handlers; without any, those of Kapacitor's configuration.",
                ..LIST
            },
        ],
    },
    HandlerKind {
        name: "serviceNow",
        since: Some("1.5.7"),
        documentation: "Sends the alert to ServiceNow as an event.",
        options: &[
            HandlerOption { name: "source", documentation: "The event's source.", ..TEXT },
            HandlerOption { name: "node", documentation: "The node that the event is about.", ..SERVICE_NOW },
            HandlerOption { name: "type", documentation: "The event's type.", ..SERVICE_NOW },
            HandlerOption { name: "resource", documentation: "The resource that the event is about.", ..SERVICE_NOW },
            HandlerOption { name: "metricName", documentation: "The name of the metric.", ..SERVICE_NOW },
            HandlerOption {
                name: "messageKey",
                documentation: "The key by which ServiceNow tells events apart; without it, the alert's id.",
                ..SERVICE_NOW
            },
        ],
    },
    HandlerKind {
        name: "bigPanda",
        since: Some("1.5.8"),
        documentation: "Sends the alert to BigPanda.",
        options: &[
            HandlerOption {
                name: "appKey",
                documentation: "The key of the application; without it, that of Kapacitor's configuration.",
                ..SECRET
            },
            HandlerOption {
                name: "primaryProperty",
                documentation: "The name of the primary property, by which BigPanda correlates alerts.",
                ..TEXT
            },
            HandlerOption {
                name: "secondaryProperty",
                documentation: "The name of the secondary property, by which BigPanda correlates alerts.",
                ..TEXT
            },
        ],
    },
    HandlerKind {
        name: "slack",
        since: None,
        documentation: "Sends the alert's message to Slack.",
        options: &[
            HandlerOption {
                name: "workspace",
                documentation: "The workspace, by its name in Kapacitor's configuration; without it, the default one.",
                ..TEXT
            },
            HandlerOption {
                name: "channel",
                documentation: "The channel, such as `#ops`; without it, that of Kapacitor's configuration.",
                ..TEXT
            },
            HandlerOption {
                name: "username",
                documentation: "The name that the message is sent under; without it, that of Kapacitor's configuration.",
                ..TEXT
            },
            HandlerOption {
                name: "iconEmoji",
                documentation: "The emoji that is shown with the message, such as `:boom:`.",
                ..TEXT
            },
        ],
    },
    HandlerKind {
        name: "telegram",
        since: None,
        documentation: "Sends the alert's message to Telegram.",
        options: &[
            HandlerOption {
                name: "chatId",
                documentation: "The id of the user or group; without it, that of Kapacitor's configuration.",
                ..TEXT
            },
            HandlerOption {
                name: "parseMode",
                documentation: "How Telegram renders the message: `Markdown` or `HTML`.",
                ..TEXT
            },
            HandlerOption {
                name: "disableWebPagePreview",
                documentation: "Whether links in the message get no preview.",
                ..FLAG
            },
            HandlerOption {
                name: "disableNotification",
                documentation: "Whether the message arrives without a sound.",
                ..FLAG
            },
        ],
    },
    HandlerKind {
        name: "kafka",
        since: None,
        documentation: "Sends the alert to a topic of a Kafka cluster.",
        options: &[
            HandlerOption {
                name: "cluster",
                documentation: "The cluster, by its id in Kapacitor's configuration.",
                required: true,
                ..TEXT
            },
            HandlerOption { name: "kafkaTopic", documentation: "The topic of the cluster that alerts are sent to.", ..TEXT },
            HandlerOption {
                name: "template",
                documentation: "The template of the message; without it, the alert as JSON.",
                content: Content::Template(Place::Kafka),
                ..TEXT
            },
        ],
    },
    HandlerKind {
        name: "alerta",
        since: None,
        documentation: "Sends the alert to Alerta.",
        options: &[
            HandlerOption {
                name: "token",
                documentation: "The authentication token; without it, that of Kapacitor's configuration.",
                ..SECRET
            },
            HandlerOption {
                name: "resource",
                documentation: "The resource that the alert is about; without it, the measurement's name.",
                ..TEMPLATE
            },
            HandlerOption {
                name: "event",
                documentation: "The event's name; without it, the alert's id.",
                content: Content::Template(Place::AlertaEvent),
                ..TEXT
            },
            HandlerOption {
                name: "environment",
                documentation: "The environment; without it, that of Kapacitor's configuration.",
                ..TEMPLATE
            },
            HandlerOption {
                name: "group",
                documentation: "The group of events; without it, the alert's group.",
                ..TEMPLATE
            },
            HandlerOption { name: "value", documentation: "The event's value.", ..TEMPLATE },
            HandlerOption {
                name: "origin",
                documentation: "The origin of the alert; without it, that of Kapacitor's configuration.",
                ..TEXT
            },
            HandlerOption {
                name: "service",
                method: "services",
                documentation: "The services that are affected.",
                content: Content::Template(Place::Event),
                ..LIST
            },
            // Chronograf knows no correlated events, but Kapacitor prints the empty list.
            HandlerOption {
                name: "correlate",
                method: "correlated",
                documentation: "The events that this one correlates with. Chronograf loses them when the rule is saved there.",
                content: Content::Template(Place::Event),
                ..LIST
            },
        ],
    },
    HandlerKind {
        name: "opsGenie",
        since: None,
        documentation: "Sends the alert to OpsGenie's first API.",
        options: &[
            HandlerOption {
                name: "teams",
                documentation: "The teams to notify; without any, those of Kapacitor's configuration.",
                ..LIST
            },
            HandlerOption {
                name: "recipients",
                documentation: "The users, groups, escalations or schedules to notify; without any, those of Kapacitor's configuration.",
                ..LIST
            },
        ],
    },
    HandlerKind {
        name: "opsGenie2",
        since: None,
        documentation: "Sends the alert to OpsGenie's second API.",
        options: &[
            HandlerOption {
                name: "teams",
                documentation: "The teams to notify; without any, those of Kapacitor's configuration.",
                ..LIST
            },
            HandlerOption {
                name: "recipients",
                documentation: "The users, groups, escalations or schedules to notify; without any, those of Kapacitor's configuration.",
                ..LIST
            },
        ],
    },
    HandlerKind { name: "talk", since: None, documentation: "Sends the alert's message to Jianliao (Talk).", options: &[] },
    HandlerKind {
        name: "zenoss",
        since: Some("1.6.0"),
        documentation: "Sends the alert to Zenoss as an event.",
        options: &[
            HandlerOption {
                name: "action",
                documentation: "The router; without it, that of Kapacitor's configuration.",
                ..TEXT
            },
            HandlerOption {
                name: "method",
                documentation: "The router's method; without it, that of Kapacitor's configuration.",
                ..TEXT
            },
            HandlerOption {
                name: "type",
                documentation: "The type of the request; without it, that of Kapacitor's configuration.",
                ..TEXT
            },
            HandlerOption {
                name: "tid",
                documentation: "The id of the request's transaction; without it, that of Kapacitor's configuration.",
                kind: OptionKind::Integer,
                ..TEXT
            },
            HandlerOption { name: "device", documentation: "The device that the event is about.", ..ZENOSS },
            HandlerOption { name: "component", documentation: "The component that the event is about.", ..ZENOSS },
            HandlerOption { name: "eventClassKey", documentation: "The key of the event's class.", ..ZENOSS },
            HandlerOption { name: "eventClass", documentation: "The event's class, such as `/App`.", ..ZENOSS },
        ],
    },
    HandlerKind {
        name: "teams",
        since: Some("1.5.6"),
        documentation: "Sends the alert's message to Microsoft Teams.",
        options: &[HandlerOption {
            name: "channelURL",
            documentation: "The URL of the channel's webhook; without it, that of Kapacitor's configuration.",
            content: Content::Url,
            ..SECRET
        }],
    },
];
