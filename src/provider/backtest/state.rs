//! The data source as Terraform has it.

use super::definition::SHOWN;
use super::times::rfc3339;
use crate::backtest::{Event, History, Range, Series};
use crate::provider::values::{Flag, Text};
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;

/// A number that may be null or not known yet.
pub(super) type Number = Value<i64>;

const NANOS: i64 = 1_000_000_000;

/// The whole.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct BacktestState {
    pub id: Text,
    pub tickscript: Text,
    pub script: Text,
    pub since: Text,
    pub start: Text,
    pub stop: Text,
    pub cluster: Text,
    pub database: Text,
    pub retention_policy: Text,
    pub max_points: Number,
    pub timeout: Text,
    pub range_seconds: Value<f64>,
    pub incidents: Number,
    pub posts: Number,
    pub max_posts_per_minute: Number,
    pub points: Number,
    pub longest_incident: Value<IncidentState>,
    pub noisiest_series: Text,
    pub by_series: Value<Vec<Value<SeriesState>>>,
    pub events: Value<Vec<Value<EventState>>>,
}

/// The longest incident.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct IncidentState {
    pub series: Text,
    pub start: Text,
    pub seconds: Number,
}

/// One series.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct SeriesState {
    pub series: Text,
    pub alert: Number,
    pub incidents: Number,
    pub posts: Number,
    pub longest_seconds: Number,
    pub open: Flag,
}

/// One event.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct EventState {
    pub time: Text,
    pub seconds: Value<f64>,
    pub series: Text,
    pub alert: Number,
    pub level: Text,
    pub value: Value<f64>,
}

impl BacktestState {
    /// Fills in what was found.
    pub(crate) fn fill(&mut self, range: Range, history: &History, points: Option<i64>) {
        self.id = Value::Value("backtest".to_owned());
        for (attribute, moment) in [(&mut self.start, range.start), (&mut self.stop, range.stop)] {
            if !matches!(attribute, Value::Value(_)) {
                *attribute = Value::Value(rfc3339(moment));
            }
        }
        self.range_seconds = seconds(range.stop - range.start);
        self.incidents = number(history.incidents());
        self.posts = number(history.events.len());
        self.max_posts_per_minute = number(history.max_per_minute);
        self.points = points.map_or(Value::Null, Value::Value);
        let longest = history.series.iter().filter(|series| series.longest_start.is_some());
        self.longest_incident = longest
            .max_by_key(|series| series.longest)
            .map_or(Value::Null, incident);
        let noisiest = history.series.first().filter(|series| series.incidents > 0);
        self.noisiest_series = noisiest.map_or(Value::Null, |series| Value::Value(series.series.clone()));
        let series = history.series.iter().take(SHOWN).map(of_series);
        self.by_series = Value::Value(series.collect());
        let hidden = history.events.len().saturating_sub(SHOWN);
        self.events = Value::Value(
            history.events[hidden..]
                .iter()
                .map(|event| of_event(event, range))
                .collect(),
        );
    }
}

fn incident(series: &Series) -> Value<IncidentState> {
    Value::Value(IncidentState {
        series: Value::Value(series.series.clone()),
        start: series
            .longest_start
            .map_or(Value::Null, |start| Value::Value(rfc3339(start))),
        seconds: Value::Value(series.longest / NANOS),
    })
}

fn of_series(series: &Series) -> Value<SeriesState> {
    Value::Value(SeriesState {
        series: Value::Value(series.series.clone()),
        alert: number(series.alert),
        incidents: number(series.incidents),
        posts: number(series.posts),
        longest_seconds: Value::Value(series.longest / NANOS),
        open: Value::Value(series.is_open),
    })
}

fn of_event(event: &Event, range: Range) -> Value<EventState> {
    Value::Value(EventState {
        time: Value::Value(rfc3339(event.time)),
        seconds: seconds(event.time - range.start),
        series: Value::Value(event.series.clone()),
        alert: number(event.alert),
        level: Value::Value(event.level.name().to_owned()),
        value: event.value.map_or(Value::Null, Value::Value),
    })
}

/// Nanoseconds in seconds.
fn seconds(nanos: i64) -> Value<f64> {
    Value::Value(nanos as f64 / NANOS as f64)
}

fn number(count: usize) -> Number {
    Value::Value(i64::try_from(count).unwrap_or(i64::MAX))
}
