//! The data that Kapacitor executes each template on: its names, their types, and what these types can do.
//!
//! After kapacitor's alert.go (`idInfo`, `messageInfo`, `detailsInfo`), alert/types.go (`Data`, `TemplateData`) and the
//! services of its handlers.

/// A value's type, as far as it decides whether a template can be executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    /// Anything: what is done with it is not checked.
    Any,
    /// `nil`, or data that is not there.
    Nothing,
    Bool,
    Integer,
    Float,
    Text,
    /// The tags: a map of texts.
    Tags,
    /// The fields: a map of anything.
    Fields,
    /// Another list, map or structure that is not looked into.
    Other,
    Structure(&'static Structure),
    Duration,
    Time,
    /// `alert.Level`, a number with a name.
    Level,
    /// `time.Month` and `time.Weekday`.
    NamedInteger,
}

/// A structure with the names that a template can ask for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Structure {
    pub fields: &'static [(&'static str, Type)],
    pub methods: &'static [Method],
}

/// A method: its name, how many arguments it takes, and what it gives.
pub(super) type Method = (&'static str, usize, Type);

/// What a template is executed on, and the functions that it can call besides Go's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Data {
    pub(super) dot: Type,
    pub(super) functions: &'static [&'static str],
}

/// Where Kapacitor takes a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The alert's id.
    Id,
    /// The alert's message.
    Message,
    /// The alert's details, which are HTML.
    Details,
    /// The URL of a `post`.
    Url,
    /// The URL of an endpoint, which Kapacitor also executes without any data before it takes it.
    EndpointUrl,
    /// An endpoint's `alert-template`.
    AlertTemplate,
    /// An endpoint's `row-template`, for the rows of the node `httpPost`.
    RowTemplate,
    /// A template that handlers execute on the whole of the event: Alerta's and Sensu's.
    Event,
    /// Alerta's `event`.
    AlertaEvent,
    /// Kafka's template.
    Kafka,
    /// ServiceNow's templates.
    ServiceNow,
    /// Zenoss's templates.
    Zenoss,
}

const JSON: &[&str] = &["json", "jsonCompact"];

impl Place {
    /// What Kapacitor executes the template on; each has to work.
    pub fn data(self) -> &'static [Data] {
        match self {
            Place::Id => &[Data {
                dot: Type::Structure(&ID),
                functions: &[],
            }],
            Place::Message => &[Data {
                dot: Type::Structure(&MESSAGE),
                functions: &[],
            }],
            Place::Details => &[Data {
                dot: Type::Structure(&DETAILS),
                functions: JSON,
            }],
            Place::Url | Place::AlertTemplate => &[Data {
                dot: Type::Structure(&ALERT),
                functions: JSON,
            }],
            Place::EndpointUrl => &[
                Data {
                    dot: Type::Structure(&ALERT),
                    functions: JSON,
                },
                Data {
                    dot: Type::Nothing,
                    functions: JSON,
                },
            ],
            Place::RowTemplate => &[Data {
                dot: Type::Any,
                functions: JSON,
            }],
            Place::Event => &[Data {
                dot: Type::Structure(&EVENT),
                functions: &[],
            }],
            Place::AlertaEvent => &[Data {
                dot: Type::Structure(&ALERTA_EVENT),
                functions: &[],
            }],
            Place::Kafka => &[Data {
                dot: Type::Structure(&ALERT),
                functions: &[],
            }],
            Place::ServiceNow => &[Data {
                dot: Type::Structure(&SERVICE_NOW),
                functions: &[],
            }],
            Place::Zenoss => &[Data {
                dot: Type::Structure(&ZENOSS),
                functions: &[],
            }],
        }
    }

    /// What Kapacitor does if the execution fails.
    pub fn consequence(self) -> &'static str {
        match self {
            Place::Id | Place::Message | Place::Details => {
                "Kapacitor then does not send the alert, and the rule stops with an error until it is started again"
            }
            Place::Url | Place::AlertTemplate | Place::Kafka | Place::Event | Place::AlertaEvent => {
                "Kapacitor then does not send the alert there"
            }
            Place::EndpointUrl => "Kapacitor then refuses the endpoint's options, or does not send the alert",
            Place::RowTemplate => "Kapacitor then does not send the row",
            Place::ServiceNow | Place::Zenoss => "Kapacitor then sends only what comes before it",
        }
    }
}

const SERVER: Structure = Structure {
    fields: &[
        ("Hostname", Type::Text),
        ("ClusterID", Type::Text),
        ("ServerID", Type::Text),
    ],
    methods: &[],
};

macro_rules! structure {
    ($name:ident: $($field:ident $type:ident),+ $(,)?) => {
        const $name: Structure = Structure {
            fields: &[$((stringify!($field), Type::$type)),+],
            methods: &[],
        };
    };
    ($name:ident with server: $($field:ident $type:ident),+ $(,)?) => {
        const $name: Structure = Structure {
            fields: &[$((stringify!($field), Type::$type)),+, ("ServerInfo", Type::Structure(&SERVER))],
            methods: &[],
        };
    };
}

structure!(ID with server: Name Text, TaskName Text, Group Text, Tags Tags);
structure!(MESSAGE with server: ID Text, Name Text, TaskName Text, Group Text, Tags Tags, Fields Fields, Level Text,
    Time Time, Duration Duration);
structure!(DETAILS with server: ID Text, Name Text, TaskName Text, Group Text, Tags Tags, Fields Fields, Level Text,
    Time Time, Duration Duration, Message Text);
structure!(EVENT: ID Text, Message Text, Level Text, Time Time, Duration Duration, Details Text, Name Text, TaskName Text,
    Group Text, Tags Tags, Fields Fields);
structure!(ALERTA_EVENT: ID Text, Name Text, TaskName Text, Group Text, Tags Tags);
structure!(SERVICE_NOW: ID Text, Name Text, TaskName Text, Fields Fields, Tags Tags);
structure!(ZENOSS: Name Text, TaskName Text, ID Text, Message Text, Details Text, Time Time, Duration Duration, Level Level,
    Recoverable Bool, Tags Tags);

const ALERT: Structure = Structure {
    fields: &[
        ("ID", Type::Text),
        ("Message", Type::Text),
        ("Details", Type::Text),
        ("Time", Type::Time),
        ("Duration", Type::Duration),
        ("Level", Type::Level),
        ("Data", Type::Structure(&RESULT)),
        ("PreviousLevel", Type::Level),
        ("Recoverable", Type::Bool),
    ],
    methods: &[],
};

const RESULT: Structure = Structure {
    fields: &[("Series", Type::Any), ("Err", Type::Any)],
    methods: &[("String", 0, Type::Text)],
};

const LEVEL: &[Method] = &[("String", 0, Type::Text), ("MarshalText", 0, Type::Other)];

const NAMED_INTEGER: &[Method] = &[("String", 0, Type::Text)];

const DURATION: &[Method] = &[
    ("Hours", 0, Type::Float),
    ("Minutes", 0, Type::Float),
    ("Seconds", 0, Type::Float),
    ("Milliseconds", 0, Type::Integer),
    ("Microseconds", 0, Type::Integer),
    ("Nanoseconds", 0, Type::Integer),
    ("String", 0, Type::Text),
    ("Abs", 0, Type::Duration),
    ("Round", 1, Type::Duration),
    ("Truncate", 1, Type::Duration),
];

/// Without those that Go's templates refuse since they give two values: `Date`, `Clock`, `ISOWeek`, `Zone`, `ZoneBounds`.
const TIME: &[Method] = &[
    ("Add", 1, Type::Time),
    ("AddDate", 3, Type::Time),
    ("After", 1, Type::Bool),
    ("AppendBinary", 1, Type::Other),
    ("AppendFormat", 2, Type::Other),
    ("AppendText", 1, Type::Other),
    ("Before", 1, Type::Bool),
    ("Compare", 1, Type::Integer),
    ("Day", 0, Type::Integer),
    ("Equal", 1, Type::Bool),
    ("Format", 1, Type::Text),
    ("GoString", 0, Type::Text),
    ("GobEncode", 0, Type::Other),
    ("Hour", 0, Type::Integer),
    ("In", 1, Type::Time),
    ("IsDST", 0, Type::Bool),
    ("IsZero", 0, Type::Bool),
    ("Local", 0, Type::Time),
    ("Location", 0, Type::Any),
    ("MarshalBinary", 0, Type::Other),
    ("MarshalJSON", 0, Type::Other),
    ("MarshalText", 0, Type::Other),
    ("Minute", 0, Type::Integer),
    ("Month", 0, Type::NamedInteger),
    ("Nanosecond", 0, Type::Integer),
    ("Round", 1, Type::Time),
    ("Second", 0, Type::Integer),
    ("String", 0, Type::Text),
    ("Sub", 1, Type::Duration),
    ("Truncate", 1, Type::Time),
    ("UTC", 0, Type::Time),
    ("Unix", 0, Type::Integer),
    ("UnixMicro", 0, Type::Integer),
    ("UnixMilli", 0, Type::Integer),
    ("UnixNano", 0, Type::Integer),
    ("Weekday", 0, Type::NamedInteger),
    ("Year", 0, Type::Integer),
    ("YearDay", 0, Type::Integer),
];

impl Type {
    /// Its methods.
    pub(super) fn methods(self) -> &'static [Method] {
        match self {
            Type::Structure(structure) => structure.methods,
            Type::Duration => DURATION,
            Type::Time => TIME,
            Type::Level => LEVEL,
            Type::NamedInteger => NAMED_INTEGER,
            _ => &[],
        }
    }

    /// What it is called in a sentence.
    pub(super) fn name(self) -> &'static str {
        match self {
            Type::Any | Type::Other => "a value",
            Type::Nothing => "nothing",
            Type::Bool => "a boolean",
            Type::Integer => "a whole number",
            Type::Float => "a number",
            Type::Text => "a text",
            Type::Tags => "the map of tags",
            Type::Fields => "the map of fields",
            Type::Structure(_) => "a structure",
            Type::Duration => "a duration",
            Type::Time => "a time",
            Type::Level => "a level, which is a number",
            Type::NamedInteger => "a month or a weekday, which is a number",
        }
    }
}
