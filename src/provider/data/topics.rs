//! `squadcast_kapacitor_topics`: the alert topics of a server, and what fires now.

use super::Query;
use crate::kapacitor::models::{Event, Level};
use crate::kapacitor::{Client, Error};
use crate::provider::attributes::{self, Definition, Given, Kind};
use crate::provider::values::{known, Text};
use crate::secret;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tf_provider::schema::Block;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// The topics that are asked for.
pub(crate) struct Topics;

/// The data source.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct TopicsState {
    pub name: Text,
    pub level: Text,
    pub topics: Value<Vec<TopicView>>,
    pub firing: Value<Vec<AlertView>>,
}

/// A topic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct TopicView {
    pub id: Text,
    pub level: Text,
    pub firing: Value<i64>,
    pub collected: Value<i64>,
}

/// An alert that is open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct AlertView {
    pub topic: Text,
    pub id: Text,
    pub level: Text,
    pub message: Text,
    pub since: Text,
    pub time: Text,
}

#[async_trait]
impl Query for Topics {
    type State = TopicsState;
    const DOING: &'static str = "listing the topics";

    fn block() -> Block {
        let optional = |name, description: String| Definition::new(name, Kind::Text, Given::Optional, description);
        let computed = |name, kind, description| Definition::new(name, kind, Given::Computed, description);
        let mut block = attributes::block(
            "Lists the alert topics of a Kapacitor, and the alerts that are open now. An alert with handlers of its own has the \
             topic `main:TASK:NODE`, such as `main:cpu:alert2`.",
            &[
                optional("name", "Only topics of this name, in which `*` stands for any text: `main:cpu:*`.".into()),
                optional("level", format!("Only topics and alerts of this level or a higher one: {}. Default: all topics.", words())),
            ],
        );
        block.attributes.extend([
            super::list(
                "topics",
                "The topics, in the order of their names.",
                &[
                    computed("id", Kind::Text, "Name of the topic."),
                    computed("level", Kind::Text, "The highest level of its alerts. It is looked for among all of them, since Kapacitor itself shows the level of the first one."),
                    computed("firing", Kind::Count, "How many of its alerts are not `OK`."),
                    computed("collected", Kind::Count, "How many events it has taken since Kapacitor started."),
                ],
            ),
            super::list(
                "firing",
                "The alerts of these topics that are not `OK`, the highest level first.",
                &[
                    computed("topic", Kind::Text, "Name of the topic."),
                    computed("id", Kind::Text, "Id of the alert, by which Squadcast knows the incident."),
                    computed("level", Kind::Text, "Its level: `INFO`, `WARNING` or `CRITICAL`."),
                    computed("message", Kind::Text, "Its message, without secrets that the provider knows of."),
                    computed("since", Kind::Text, "Since when it is not `OK`, as RFC 3339 has it."),
                    computed("time", Kind::Text, "The time of the point that led to its present level, as RFC 3339 has it."),
                ],
            ),
        ]);
        block
    }

    fn check(diags: &mut Diagnostics, config: &TopicsState) {
        if let Some(word) = known(&config.level).filter(|word| Level::named(word).is_none()) {
            diags.error(
                "Invalid attribute value",
                format!("There is no level {word:?}: write one of {}.", words()),
                AttributePath::new("level"),
            );
        }
    }

    async fn answer(
        _: &mut Diagnostics,
        client: &Client,
        mut state: TopicsState,
    ) -> Result<Option<TopicsState>, Error> {
        let least = known(&state.level).and_then(Level::named).unwrap_or(Level::Ok);
        let pattern = known(&state.name).map(as_glob);
        let mut found = client.topics().list(pattern.as_deref().unwrap_or_default()).await?;
        found.sort_by(|one, other| one.id.cmp(&other.id));
        let (mut topics, mut firing) = (Vec::new(), Vec::new());
        for topic in found {
            let open = client.topics().open_events(&topic.id).await?.unwrap_or_default();
            let level = open.iter().map(|event| event.state.level).max().unwrap_or(Level::Ok);
            if level < least {
                continue;
            }
            topics.push(TopicView {
                id: Value::Value(topic.id.clone()),
                level: Value::Value(level.as_str().to_owned()),
                firing: count(open.len()),
                collected: count(topic.collected),
            });
            let open = open.into_iter().filter(|event| event.state.level >= least);
            firing.extend(open.map(|event| (event.state.level, AlertView::of(&topic.id, &event))));
        }
        firing.sort_by_key(|(level, _)| std::cmp::Reverse(*level));
        state.topics = Value::Value(topics);
        state.firing = Value::Value(firing.into_iter().map(|(_, alert)| alert).collect());
        Ok(Some(state))
    }
}

impl AlertView {
    fn of(topic: &str, event: &Event) -> Self {
        let text = |text: &str| Value::Value(secret::shown(text));
        AlertView {
            topic: text(topic),
            id: text(&event.id),
            level: text(event.state.level.as_str()),
            message: text(&event.state.message),
            since: text(&event.state.since().unwrap_or_else(|| event.state.time.clone())),
            time: text(&event.state.time),
        }
    }
}

fn count(number: impl TryInto<i64>) -> Value<i64> {
    Value::Value(number.try_into().unwrap_or(i64::MAX))
}

fn words() -> String {
    let words = Level::ALL.map(|level| format!("`{}`", level.as_str()));
    words.join(", ")
}

/// A pattern of ours as one of Kapacitor's, to which more characters are special.
fn as_glob(pattern: &str) -> String {
    let is_special = |c: char| "?[\\".contains(c);
    let escaped = pattern
        .chars()
        .flat_map(|c| is_special(c).then_some('\\').into_iter().chain([c]));
    escaped.collect()
}
