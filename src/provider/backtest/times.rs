//! From when to when a back-test looks.

use crate::backtest::Range;
use crate::rule;
use std::time::Duration;
use time::format_description::well_known::Rfc3339;
use time::OffsetDateTime;

const NANOS: i64 = 1_000_000_000;
const MINUTE: i64 = 60 * NANOS;

/// What is wrong with an attribute.
#[derive(Debug, PartialEq)]
pub(super) struct BadTime {
    /// The attribute.
    pub attribute: &'static str,
    /// What is wrong.
    pub reason: String,
}

/// The range of the attributes, `now` being in nanoseconds since 1970. Of the present the seconds do not count, so that
/// back-tests of one plan ask for the same data.
pub(super) fn range(since: Option<&str>, start: Option<&str>, stop: Option<&str>, now: i64) -> Result<Range, BadTime> {
    let stop = match stop {
        Some(stop) => instant("stop", stop)?,
        None => now - now.rem_euclid(MINUTE),
    };
    let start = match (since, start) {
        (Some(since), None) => stop.saturating_sub(duration("since", since)?),
        (None, Some(start)) => instant("start", start)?,
        _ => {
            return Err(BadTime {
                attribute: "since",
                reason: "one of since and start is needed, and not both".to_owned(),
            })
        }
    };
    if start >= stop {
        return Err(BadTime {
            attribute: "stop",
            reason: format!("the range ends at {}, before it begins", rfc3339(stop)),
        });
    }
    Ok(Range { start, stop })
}

/// The present, in nanoseconds since 1970.
pub(super) fn now() -> i64 {
    nanos(OffsetDateTime::now_utc())
}

/// A duration such as `7d`, in nanoseconds.
pub(super) fn duration(attribute: &'static str, text: &str) -> Result<i64, BadTime> {
    let parsed = text.parse::<rule::Duration>();
    parsed.map(|duration| duration.nanoseconds()).map_err(|error| BadTime {
        attribute,
        reason: error.to_string(),
    })
}

/// The same as a time to wait.
pub(super) fn wait(attribute: &'static str, text: &str) -> Result<Duration, BadTime> {
    let nanos = duration(attribute, text)?;
    Ok(Duration::from_nanos(nanos.unsigned_abs()))
}

/// A moment as RFC 3339 has it.
pub(super) fn rfc3339(nanos: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(nanos));
    time.ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_default()
}

fn instant(attribute: &'static str, text: &str) -> Result<i64, BadTime> {
    let time = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| BadTime {
        attribute,
        reason: format!("{text:?} is not a time: write it as 2026-11-01T00:00:00Z"),
    })?;
    Ok(nanos(time))
}

fn nanos(time: OffsetDateTime) -> i64 {
    i64::try_from(time.unix_timestamp_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000_000_019 * NANOS;

    #[test]
    fn the_present_has_no_seconds() {
        let found = range(Some("1h"), None, None, NOW).expect("a range");
        assert_eq!(
            (found.stop, found.stop - found.start),
            (999_999_960 * NANOS, 3600 * NANOS)
        );
        assert_eq!(rfc3339(found.stop), "2001-09-09T01:46:00Z");
    }

    #[test]
    fn start_and_stop_are_moments() {
        let found = range(
            None,
            Some("2001-09-09T01:46:40Z"),
            Some("2001-09-09T03:46:40.5+01:00"),
            0,
        )
        .expect("a range");
        assert_eq!(
            (found.start, found.stop),
            (1_000_000_000 * NANOS, 1_000_003_600 * NANOS + NANOS / 2)
        );
    }

    #[test]
    fn what_is_no_range_is_told_with_its_attribute() {
        let attribute = |since, start, stop| range(since, start, stop, NOW).expect_err("an error").attribute;
        assert_eq!(attribute(None, None, None), "since");
        assert_eq!(attribute(Some("1h"), Some("2001-09-09T01:46:40Z"), None), "since");
        assert_eq!(attribute(Some("1 hour"), None, None), "since");
        assert_eq!(attribute(None, Some("yesterday"), None), "start");
        assert_eq!(
            attribute(None, Some("2001-09-09T01:46:40Z"), Some("2001-09-09T01:46:40Z")),
            "stop"
        );
    }
}
