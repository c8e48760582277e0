//! What the alerts of a copy told: events, and what follows from them.

use std::collections::BTreeMap;

use super::query::Range;

/// Nanoseconds of a minute, over which webhooks are counted.
const MINUTE: i64 = 60_000_000_000;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// All is well.
    Ok,
    /// For information.
    Info,
    /// A warning.
    Warning,
    /// Critical.
    Critical,
}

/// One event of an alert.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    /// Which of the script's alerts told it, from 1.
    pub alert: usize,
    /// The group of the data, as Kapacitor writes it: `host=a`, or `nil`.
    pub series: String,
    /// Its number among the events of its alert and series.
    pub number: u64,
    /// When, in nanoseconds since 1970.
    pub time: i64,
    /// The level that the alert has come to, or still has.
    pub level: Level,
    /// The value that was compared, if it is a number.
    pub value: Option<f64>,
}

/// An event of a topic that no copy has told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the event {0:?} is not one of a back-test")]
pub(crate) struct EventNotUnderstood(String);

/// What one series did.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Series {
    /// Which alert.
    pub alert: usize,
    /// The group of the data.
    pub series: String,
    /// How often it left OK.
    pub incidents: usize,
    /// How often its alert would have been sent.
    pub posts: usize,
    /// When its longest incident began, in nanoseconds since 1970; `None` without one.
    pub longest_start: Option<i64>,
    /// How long that took, in nanoseconds; up to the end of the range if it was still open then.
    pub longest: i64,
    /// Whether it was not OK at the end of the range.
    pub is_open: bool,
}

/// All that a back-test has told.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct History {
    /// The events that the script would have sent, in the order of their times.
    pub events: Vec<Event>,
    /// What each series that told anything did, those with the most incidents first.
    pub series: Vec<Series>,
    /// The highest number of events within a minute.
    pub max_per_minute: usize,
}

impl Event {
    /// Reads the id and the message that the copy's alert number `alert` gave an event.
    pub(crate) fn read(alert: usize, id: &str, message: &str) -> Result<Event, EventNotUnderstood> {
        let not_understood = || EventNotUnderstood(id.chars().take(80).collect());
        let (number, series) = id.split_once(' ').ok_or_else(not_understood)?;
        let mut words = message.splitn(3, ' ');
        let level = words.next().and_then(Level::named).ok_or_else(not_understood)?;
        let time = words
            .next()
            .and_then(|time| time.parse().ok())
            .ok_or_else(not_understood)?;
        Ok(Event {
            alert,
            series: series.to_owned(),
            number: number.parse().map_err(|_| not_understood())?,
            time,
            level,
            value: words
                .next()
                .and_then(|value| value.parse().ok())
                .filter(|value: &f64| value.is_finite()),
        })
    }
}

impl Level {
    /// As Kapacitor writes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Level::Ok => "OK",
            Level::Info => "INFO",
            Level::Warning => "WARNING",
            Level::Critical => "CRITICAL",
        }
    }

    fn named(name: &str) -> Option<Level> {
        [Level::Ok, Level::Info, Level::Warning, Level::Critical]
            .into_iter()
            .find(|level| level.name() == name)
    }
}

impl History {
    /// What follows from the events. Those before the range only say how things stood when it began. The recoveries of the
    /// alerts that `silent_recoveries` names end incidents and are not sent.
    pub(crate) fn of(mut events: Vec<Event>, range: Range, silent_recoveries: &[bool]) -> History {
        events.sort_by(|left, right| {
            let key = |event: &Event| (event.time, event.alert, event.number);
            key(left).cmp(&key(right)).then_with(|| left.series.cmp(&right.series))
        });
        let is_silent = |event: &Event| {
            event.level == Level::Ok && silent_recoveries.get(event.alert.wrapping_sub(1)) == Some(&true)
        };
        let mut by_series: BTreeMap<(usize, &str), Vec<&Event>> = BTreeMap::new();
        for event in &events {
            by_series
                .entry((event.alert, event.series.as_str()))
                .or_default()
                .push(event);
        }
        let mut series: Vec<Series> = by_series
            .into_iter()
            .filter_map(|((alert, series), mut events)| {
                events.sort_by_key(|event| event.number);
                let posts = events
                    .iter()
                    .filter(|event| range.holds(event.time) && !is_silent(event))
                    .count();
                Some(series_of(alert, series, &events, range, posts))
                    .filter(|series| series.posts > 0 || series.incidents > 0)
            })
            .collect();
        series.sort_by(|left, right| {
            let key = |series: &Series| (series.incidents, series.posts);
            key(right).cmp(&key(left))
        });
        events.retain(|event| range.holds(event.time) && !is_silent(event));
        History {
            max_per_minute: most_within_a_minute(&events),
            events,
            series,
        }
    }

    /// How often any series left OK.
    pub(crate) fn incidents(&self) -> usize {
        self.series.iter().map(|series| series.incidents).sum()
    }
}

impl Range {
    fn holds(&self, time: i64) -> bool {
        self.start <= time && time < self.stop
    }
}

fn series_of(alert: usize, series: &str, events: &[&Event], range: Range, posts: usize) -> Series {
    let mut found = Series {
        alert,
        series: series.to_owned(),
        incidents: 0,
        posts,
        longest_start: None,
        longest: 0,
        is_open: false,
    };
    // The start of the incident that is open, if it began within the range.
    let mut open: Option<i64> = None;
    let mut is_open = false;
    for event in events.iter().filter(|event| event.time < range.stop) {
        if event.level == Level::Ok {
            found.close(open.take(), event.time);
            is_open = false;
        } else if !is_open {
            is_open = true;
            if range.holds(event.time) {
                found.incidents += 1;
                open = Some(event.time);
            }
        }
    }
    found.close(open, range.stop);
    found.is_open = is_open;
    found
}

impl Series {
    fn close(&mut self, start: Option<i64>, end: i64) {
        let Some(start) = start else { return };
        let lasted = end.saturating_sub(start);
        if self.longest_start.is_none() || lasted > self.longest {
            self.longest_start = Some(start);
            self.longest = lasted;
        }
    }
}

fn most_within_a_minute(events: &[Event]) -> usize {
    let mut first = 0;
    let mut most = 0;
    for (place, event) in events.iter().enumerate() {
        while event.time.saturating_sub(events[first].time) >= MINUTE {
            first += 1;
        }
        most = most.max(place + 1 - first);
    }
    most
}
