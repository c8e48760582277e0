//! The attributes.

use crate::provider::attributes::{self, Definition, Given, Kind};
use tf_provider::schema::{Attribute, AttributeConstraint, AttributeType, Block, Description};

/// What the data source is, for the schema and the docs page.
pub(super) const DESCRIPTION: &str = "Tells how often a rule would have fired, before it is ever enabled: Kapacitor replays recorded \
    data through a copy of its script that sends nothing.\n\n\
    The data comes from the InfluxDB that Kapacitor is configured with. Each read makes a task that is never enabled, a \
    recording and a replay, whose names begin with `squadcast-backtest-`, and deletes them again; what a run that was killed has \
    left is deleted by the next one.\n\n\
    The copy has none of the handlers, outputs and topics of the script. What it cannot have is refused with its place: a \
    deadman, since a replay has no silence to wait for; user-defined functions; nodes that are not known.";

/// How many points are read at most, unless the configuration says otherwise.
pub(super) const MAX_POINTS: i64 = 200_000;

/// How long one back-test may take, unless the configuration says otherwise.
pub(super) const TIMEOUT: &str = "2m";

/// How many events and series are shown at most.
pub(super) const SHOWN: usize = 100;

/// The schema.
pub(super) fn schema() -> Block {
    let mut block = attributes::block(DESCRIPTION, &attributes());
    block.attributes.extend(objects());
    block
}

/// The attributes.
fn attributes() -> Vec<Definition> {
    let mut attributes = given();
    attributes.extend(found());
    attributes
}

fn given() -> Vec<Definition> {
    let optional = |name, kind, description: &str| Definition::new(name, kind, Given::Optional, description);
    vec![
        optional(
            "tickscript",
            Kind::Text,
            "The attribute `tickscript` of a rule, which a plan knows even before the rule exists. Its secrets are hidden, which \
             does not matter here. Take it from a local value: Terraform puts a data source off until the apply if it names a \
             resource that is still to be changed. One of `tickscript` and `script` is needed.",
        ),
        optional("script", Kind::Text, "Any TICKscript, as it is sent to Kapacitor.").sensitive(),
        optional(
            "since",
            Kind::Text,
            "How far back to look, such as `7d`: a whole number and one of the units `u`, `ms`, `s`, `m`, `h`, `d` and `w`. One of \
             `since` and `start` is needed.",
        ),
        Definition::new(
            "start",
            Kind::Text,
            Given::Defaulted,
            "The first moment that counts, such as `2026-11-01T00:00:00Z`.",
        ),
        Definition::new(
            "stop",
            Kind::Text,
            Given::Defaulted,
            "The moment before which all that counts has happened. The default is the present, without its seconds.",
        ),
        optional(
            "cluster",
            Kind::Text,
            "The name that kapacitor.conf gives the InfluxDB (`[[influxdb]] name`). The default is Kapacitor's default one.",
        ),
        optional(
            "database",
            Kind::Text,
            "The database to read if the script names none, as a script whose task names it.",
        ),
        optional(
            "retention_policy",
            Kind::Text,
            "The retention policy to read if the script names none. Goes with `database`.",
        ),
        optional(
            "max_points",
            Kind::Count,
            &format!(
                "How many points to read at most: Kapacitor holds them in memory, about 1 KiB for each. They are counted first, and \
                 more are an error. Tasks that query their data (`batch`) are not counted. The default is {MAX_POINTS}."
            ),
        ),
        optional(
            "timeout",
            Kind::Text,
            &format!("How long the back-test may take once it is its turn, such as `90s`. The default is `{TIMEOUT}`."),
        ),
    ]
}

fn found() -> Vec<Definition> {
    let computed = |name, kind, description: &str| Definition::new(name, kind, Given::Computed, description);
    vec![
        computed("id", Kind::Text, "Always `backtest`."),
        computed("range_seconds", Kind::Number, "How many seconds lie between `start` and `stop`."),
        computed(
            "incidents",
            Kind::Count,
            "How often a series left `OK` for `INFO`, `WARNING` or `CRITICAL`: for each, Squadcast would have opened an incident.",
        ),
        computed(
            "posts",
            Kind::Count,
            "How many alerts would have been sent to each handler, recoveries included.",
        ),
        computed(
            "max_posts_per_minute",
            Kind::Count,
            "The most of them within any 60 seconds. Squadcast limits webhooks per minute, and Kapacitor does not send again what \
             was refused.",
        ),
        computed(
            "points",
            Kind::Count,
            "How many points Kapacitor has read. Null for a task that queries its data.",
        ),
        computed("noisiest_series", Kind::Text, "The series with the most incidents. Null without any."),
    ]
}

/// The attributes that hold objects.
fn objects() -> [(String, Attribute); 3] {
    let computed = |name, kind, description: &str| Definition::new(name, kind, Given::Computed, description);
    let parts = |parts: &[Definition]| attributes::block("", parts).attributes;
    let object = |name: &str, attr_type, description: &str| {
        let attribute = Attribute {
            attr_type,
            description: Description::markdown(description),
            constraint: AttributeConstraint::Computed,
            sensitive: false,
            deprecated: false,
        };
        (name.to_owned(), attribute)
    };
    let series = || {
        computed(
            "series",
            Kind::Text,
            "The group of the data, such as `host=a`, or `nil`.",
        )
    };
    let alert = || computed("alert", Kind::Count, "Which of the script's alerts, from 1.");
    [
        object(
            "longest_incident",
            AttributeType::AttributeSingle(parts(&[
                series(),
                computed("start", Kind::Text, "When it began."),
                computed(
                    "seconds",
                    Kind::Count,
                    "How long it lasted, up to `stop` if it was still open then.",
                ),
            ])),
            "The longest incident. Null without any.",
        ),
        object(
            "by_series",
            AttributeType::AttributeList(parts(&[
                series(),
                alert(),
                computed("incidents", Kind::Count, "How often it left `OK`."),
                computed("posts", Kind::Count, "How many alerts would have been sent."),
                computed("longest_seconds", Kind::Count, "How long its longest incident lasted."),
                computed("open", Kind::Flag, "Whether it was not `OK` at `stop`."),
            ])),
            &format!("Each series that would have fired, those with the most incidents first, {SHOWN} at most."),
        ),
        object(
            "events",
            AttributeType::AttributeList(parts(&[
                computed("time", Kind::Text, "The time of the point that led to it, in RFC 3339."),
                computed("seconds", Kind::Number, "The same in seconds after `start`."),
                series(),
                alert(),
                computed("level", Kind::Text, "`OK`, `INFO`, `WARNING` or `CRITICAL`."),
                computed(
                    "value",
                    Kind::Number,
                    "The value that was compared. Null if it is not a number.",
                ),
            ])),
            &format!("The last {SHOWN} alerts that would have been sent, in the order of their times."),
        ),
    ]
}
