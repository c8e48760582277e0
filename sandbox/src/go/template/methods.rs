//! The methods of the values that alerts have: times, durations and levels.

use crate::go::template::value::Value;
use ::time::OffsetDateTime;

/// A method: what it wants, and how many values it returns.
#[derive(Debug)]
pub struct Method {
    pub name: &'static str,
    pub wants: &'static [&'static str],
    pub results: usize,
}

const fn method(name: &'static str, wants: &'static [&'static str], results: usize) -> Method {
    Method { name, wants, results }
}

const TIME: [Method; 26] = [
    method("Add", &["time.Duration"], 1),
    method("After", &["time.Time"], 1),
    method("Before", &["time.Time"], 1),
    method("Clock", &[], 3),
    method("Date", &[], 3),
    method("Day", &[], 1),
    method("Equal", &["time.Time"], 1),
    method("Format", &["string"], 1),
    method("Hour", &[], 1),
    method("ISOWeek", &[], 3),
    method("IsZero", &[], 1),
    method("Local", &[], 1),
    method("Minute", &[], 1),
    method("Month", &[], 1),
    method("Nanosecond", &[], 1),
    method("Second", &[], 1),
    method("String", &[], 1),
    method("Sub", &["time.Time"], 1),
    method("UTC", &[], 1),
    method("Unix", &[], 1),
    method("UnixMicro", &[], 1),
    method("UnixMilli", &[], 1),
    method("UnixNano", &[], 1),
    method("Weekday", &[], 1),
    method("Year", &[], 1),
    method("YearDay", &[], 1),
];

const DURATION: [Method; 10] = [
    method("Abs", &[], 1),
    method("Hours", &[], 1),
    method("Microseconds", &[], 1),
    method("Milliseconds", &[], 1),
    method("Minutes", &[], 1),
    method("Nanoseconds", &[], 1),
    method("Round", &["time.Duration"], 1),
    method("Seconds", &[], 1),
    method("String", &[], 1),
    method("Truncate", &["time.Duration"], 1),
];

const STRING: [Method; 1] = [method("String", &[], 1)];

/// The method of that name, if the value has one. Of times, only those that the sandbox knows.
pub fn find(receiver: &Value, name: &str) -> Option<&'static Method> {
    let methods: &'static [Method] = match receiver {
        Value::Time(_) => &TIME,
        Value::Named {
            type_name: "time.Duration",
            ..
        } => &DURATION,
        Value::Named { .. }
        | Value::Struct {
            type_name: "models.Result",
            ..
        } => &STRING,
        _ => return None,
    };
    methods.iter().find(|method| method.name == name)
}

/// Calls a method with values of the types that it wants.
pub fn call(receiver: &Value, name: &str, arguments: &[Value]) -> Result<Value, String> {
    if name == "String" {
        return Ok(receiver.inside().into());
    }
    match receiver {
        Value::Time(nanos) => time_method(*nanos, name, arguments),
        Value::Named { number, .. } => duration_method(*number, name, arguments),
        _ => Err(format!("the sandbox does not know the method {name}")),
    }
}

fn time_method(nanos: i64, name: &str, arguments: &[Value]) -> Result<Value, String> {
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(nanos)).map_err(|error| error.to_string())?;
    let other = arguments.first();
    let other_time = match other {
        Some(Value::Time(other)) => *other,
        _ => 0,
    };
    let int = |value: i64| Ok(Value::Int(value));
    match name {
        "Add" => Ok(Value::Time(
            nanos.wrapping_add(other.and_then(Value::as_int).unwrap_or_default()),
        )),
        "After" => Ok(Value::Bool(nanos > other_time)),
        "Before" => Ok(Value::Bool(nanos < other_time)),
        "Equal" => Ok(Value::Bool(nanos == other_time)),
        "Sub" => Ok(Value::duration(nanos.wrapping_sub(other_time))),
        "IsZero" => Ok(Value::Bool(false)),
        // The sandbox's machine is in UTC.
        "UTC" | "Local" => Ok(Value::Time(nanos)),
        "Year" => int(i64::from(time.year())),
        "Month" => Ok(named(
            "time.Month",
            u8::from(time.month()).into(),
            &time.month().to_string(),
        )),
        "Weekday" => Ok(named(
            "time.Weekday",
            time.weekday().number_days_from_sunday().into(),
            &time.weekday().to_string(),
        )),
        "Day" => int(time.day().into()),
        "YearDay" => int(time.ordinal().into()),
        "Hour" => int(time.hour().into()),
        "Minute" => int(time.minute().into()),
        "Second" => int(time.second().into()),
        "Nanosecond" => int(time.nanosecond().into()),
        "Unix" => Ok(Value::Int64(nanos.div_euclid(1_000_000_000))),
        "UnixMilli" => Ok(Value::Int64(nanos.div_euclid(1_000_000))),
        "UnixMicro" => Ok(Value::Int64(nanos.div_euclid(1_000))),
        "UnixNano" => Ok(Value::Int64(nanos)),
        "Format" => {
            let layout = other.map(Value::inside).unwrap_or_default();
            Ok(format(&time, &layout).into())
        }
        other => Err(format!("the sandbox does not know the method {other}")),
    }
}

fn named(type_name: &'static str, number: i64, text: &str) -> Value {
    Value::Named {
        type_name,
        number,
        text: text.to_owned(),
    }
}

fn duration_method(nanos: i64, name: &str, arguments: &[Value]) -> Result<Value, String> {
    let unit = arguments.first().and_then(Value::as_int).unwrap_or_default();
    let float = |unit: f64| Ok(Value::Float(nanos as f64 / unit));
    match name {
        "Hours" => float(3.6e12),
        "Minutes" => float(6e10),
        "Seconds" => float(1e9),
        "Milliseconds" => Ok(Value::Int64(nanos / 1_000_000)),
        "Microseconds" => Ok(Value::Int64(nanos / 1_000)),
        "Nanoseconds" => Ok(Value::Int64(nanos)),
        "Abs" => Ok(Value::duration(nanos.saturating_abs())),
        "Truncate" if unit > 0 => Ok(Value::duration(nanos - nanos % unit)),
        "Round" if unit > 0 => {
            let rest = nanos % unit;
            let up = if rest.abs() * 2 >= unit {
                unit * nanos.signum()
            } else {
                0
            };
            Ok(Value::duration(nanos - rest + up))
        }
        "Truncate" | "Round" => Ok(Value::duration(nanos)),
        other => Err(format!("the sandbox does not know the method {other}")),
    }
}

/// Go's `Time.Format`, in UTC.
fn format(time: &OffsetDateTime, layout: &str) -> String {
    let (month, weekday) = (time.month().to_string(), time.weekday().to_string());
    let hour12 = match time.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    let half = if time.hour() < 12 { "AM" } else { "PM" };
    // Longer pieces stand before those that they begin with.
    let pieces: [(&str, String); 29] = [
        ("January", month.clone()),
        ("Jan", month[..3].to_owned()),
        ("Monday", weekday.clone()),
        ("Mon", weekday[..3].to_owned()),
        ("MST", "UTC".to_owned()),
        ("2006", format!("{:04}", time.year())),
        ("-07:00:00", "+00:00:00".to_owned()),
        ("-07:00", "+00:00".to_owned()),
        ("-0700", "+0000".to_owned()),
        ("-07", "+00".to_owned()),
        ("Z07:00", "Z".to_owned()),
        ("Z0700", "Z".to_owned()),
        ("002", format!("{:03}", time.ordinal())),
        ("__2", format!("{:3}", time.ordinal())),
        ("_2", format!("{:2}", time.day())),
        ("01", format!("{:02}", u8::from(time.month()))),
        ("02", format!("{:02}", time.day())),
        ("03", format!("{hour12:02}")),
        ("04", format!("{:02}", time.minute())),
        ("05", format!("{:02}", time.second())),
        ("06", format!("{:02}", time.year() % 100)),
        ("15", format!("{:02}", time.hour())),
        ("PM", half.to_owned()),
        ("pm", half.to_lowercase()),
        ("1", u8::from(time.month()).to_string()),
        ("2", time.day().to_string()),
        ("3", hour12.to_string()),
        ("4", time.minute().to_string()),
        ("5", time.second().to_string()),
    ];
    let (mut output, mut rest) = (String::new(), layout);
    while let Some(letter) = rest.chars().next() {
        if let Some((shown, used)) = fraction(time, rest) {
            output.push_str(&shown);
            rest = &rest[used..];
        } else if let Some((piece, shown)) = pieces.iter().find(|(piece, _)| rest.starts_with(piece)) {
            output.push_str(shown);
            rest = &rest[piece.len()..];
        } else {
            output.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    output
}

/// `.000` or `,999`: parts of a second, of which nines lose trailing zeros.
fn fraction(time: &OffsetDateTime, layout: &str) -> Option<(String, usize)> {
    let digits = layout.strip_prefix(['.', ','])?;
    let digit = digits.chars().next().filter(|digit| "09".contains(*digit))?;
    let count = digits.chars().take_while(|other| *other == digit).count();
    if digits[count..].starts_with(|next: char| next.is_ascii_digit()) {
        return None;
    }
    let nanos = format!("{:09}", time.nanosecond());
    let kept = &nanos[..count.min(9)];
    let shown = if digit == '9' { kept.trim_end_matches('0') } else { kept };
    let shown = if shown.is_empty() {
        String::new()
    } else {
        format!("{}{shown}", &layout[..1])
    };
    Some((shown, count + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::time::{Date, Month};

    #[test]
    fn times_are_written_by_gos_layouts() {
        let date = Date::from_calendar_date(2001, Month::September, 9).expect("a date");
        let time = date.with_hms_milli(13, 46, 40, 120).expect("a time").assume_utc();
        for (layout, shown) in [
            ("2006-01-02T15:04:05Z07:00", "2001-09-09T13:46:40Z"),
            ("Mon Jan _2 15:04:05 MST 2006", "Sun Sep  9 13:46:40 UTC 2001"),
            ("3:04PM", "1:46PM"),
            ("15:04:05.000", "13:46:40.120"),
            ("15:04:05.999", "13:46:40.12"),
            ("Monday, 02-Jan-06 15:04:05 -0700", "Sunday, 09-Sep-01 13:46:40 +0000"),
        ] {
            assert_eq!(format(&time, layout), shown);
        }
    }
}
