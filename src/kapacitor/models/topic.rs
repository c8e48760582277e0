//! An alert topic and the state of each of its events.

use serde::Deserialize;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::Level;

/// A topic. Kapacitor makes one for each alert node that has handlers of its own, called `main:TASK:NODE`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Topic {
    /// The topic's name.
    pub id: String,
    /// The highest level of its events.
    pub level: Level,
    /// How many events it has taken since Kapacitor started.
    #[serde(default)]
    pub collected: u64,
}

/// One alert id of a topic, with its state.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Event {
    /// The alert's id, as the rule's `.id()` makes it.
    pub id: String,
    /// Its newest state.
    pub state: EventState,
}

/// The newest state of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EventState {
    /// The level.
    pub level: Level,
    /// The message.
    #[serde(default)]
    pub message: String,
    /// The details.
    #[serde(default)]
    pub details: String,
    /// The time of the point that led to this state, RFC 3339.
    pub time: String,
    /// How long the alert had lasted at that time, as Go writes durations (`1m30s`).
    #[serde(default)]
    pub duration: String,
}

impl EventState {
    /// Since when the alert is not OK, RFC 3339; none if Kapacitor wrote time or duration in an unexpected way.
    pub fn since(&self) -> Option<String> {
        let time = OffsetDateTime::parse(&self.time, &Rfc3339).ok()?;
        time.checked_sub(go_duration(&self.duration)?)?.format(&Rfc3339).ok()
    }
}

/// A duration as Go writes it: `1h2m3.5s`, `0s`, `20ms`.
fn go_duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut sum = Duration::ZERO;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..end].parse().ok()?;
        let unit_end = rest[end..]
            .find(|c: char| c.is_ascii_digit())
            .map_or(rest.len(), |length| end + length);
        let seconds = match &rest[end..unit_end] {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "µs" | "us" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        sum += Duration::checked_seconds_f64(number * seconds)?;
        rest = &rest[unit_end..];
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_lasts_since_its_duration_before_its_time() {
        let since = |time: &str, duration: &str| {
            let (time, duration) = (time.to_owned(), duration.to_owned());
            let state = EventState {
                level: Level::Critical,
                message: String::new(),
                details: String::new(),
                time,
                duration,
            };
            state.since()
        };
        for (time, duration, expected) in [
            ("2001-09-09T01:46:41Z", "1s", Some("2001-09-09T01:46:40Z")),
            ("2001-09-09T01:46:40Z", "0s", Some("2001-09-09T01:46:40Z")),
            ("2001-09-09T01:46:40Z", "1h46m40.5s", Some("2001-09-08T23:59:59.5Z")),
            ("2001-09-09T01:46:40Z", "20ms", Some("2001-09-09T01:46:39.98Z")),
            ("2001-09-09T01:46:40Z", "-", None),
            ("yesterday", "1s", None),
        ] {
            assert_eq!(since(time, duration).as_deref(), expected, "{time} {duration}");
        }
    }
}
