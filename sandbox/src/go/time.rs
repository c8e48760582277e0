//! Times as Go's JSON shows them.

use ::time::format_description::well_known::Rfc3339;
use ::time::OffsetDateTime;

/// Go's zero time.
pub const ZERO: &str = "0001-01-01T00:00:00Z";

/// The present, in RFC 3339 with nanoseconds.
pub fn now() -> String {
    rfc3339(nanos_now())
}

/// The present in nanoseconds since 1970.
pub fn nanos_now() -> i64 {
    i64::try_from(OffsetDateTime::now_utc().unix_timestamp_nanos()).unwrap_or(i64::MAX)
}

/// A time in nanoseconds since 1970, in RFC 3339 without trailing zeros.
pub fn rfc3339(nanos: i64) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(nanos))
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_else(|| ZERO.to_owned())
}

/// The nanoseconds since 1970 of a time in RFC 3339; `None` if the text is not one.
pub fn nanos_of(text: &str) -> Option<i64> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(time.unix_timestamp_nanos()).ok()
}
