//! InfluxDB's line protocol.

use crate::engine::point::{Field, Group, Point};
use crate::go::quote::quote;
use std::collections::BTreeMap;

/// The unit of timestamps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Precision {
    nanos: i64,
}

impl Precision {
    pub fn parse(text: &str) -> Result<Precision, String> {
        let nanos = match text {
            "" | "n" | "ns" => 1,
            "u" | "us" | "µ" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            other => return Err(format!("invalid precision {} (use n, u, ms, s, m or h)", quote(other))),
        };
        Ok(Precision { nanos })
    }
}

/// Reads lines into points of a database and retention policy. Points without a time get the present.
pub fn parse(text: &str, database: &str, policy: &str, precision: Precision) -> Result<Vec<Point>, String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let mut point =
                line_point(line, precision).map_err(|error| format!("unable to parse '{line}': {error}"))?;
            point.database = database.to_owned();
            point.retention_policy = policy.to_owned();
            Ok(point)
        })
        .collect()
}

fn line_point(line: &str, precision: Precision) -> Result<Point, String> {
    let parts = split(line, ' ', true);
    let (key, fields, time) = match parts.as_slice() {
        [key, fields] => (key, fields, None),
        [key, fields, time] => (key, fields, Some(time)),
        _ => return Err("missing fields".to_owned()),
    };
    let mut key_parts = split(key, ',', false).into_iter();
    let name = unescape(
        &key_parts
            .next()
            .filter(|name| !name.is_empty())
            .ok_or("missing measurement")?,
    );
    let tags = key_parts.map(|tag| pair(&tag)).collect::<Result<BTreeMap<_, _>, _>>()?;
    let tags = tags.into_iter().map(|(name, value)| (name, unescape(&value))).collect();
    let fields = split(fields, ',', true)
        .iter()
        .map(|field| pair(field).and_then(|(name, value)| Ok((name, field_value(&value)?))))
        .collect::<Result<BTreeMap<_, _>, String>>()?;
    let time = match time {
        Some(time) => time
            .parse::<i64>()
            .map_err(|_| "bad timestamp".to_owned())?
            .saturating_mul(precision.nanos),
        None => crate::go::time::nanos_now(),
    };
    Ok(Point {
        database: String::new(),
        retention_policy: String::new(),
        name,
        tags,
        fields,
        time,
        group: Group::default(),
    })
}

/// Splits at a separator that is not escaped and, where quotes count, not inside of them.
fn split(text: &str, separator: char, quotes: bool) -> Vec<String> {
    let (mut parts, mut current) = (Vec::new(), String::new());
    let (mut escaped, mut quoted) = (false, false);
    for letter in text.chars() {
        if !escaped && quotes && letter == '"' {
            quoted = !quoted;
        }
        if letter == separator && !escaped && !quoted {
            parts.push(std::mem::take(&mut current));
        } else {
            current.push(letter);
        }
        escaped = letter == '\\' && !escaped;
    }
    parts.push(current);
    parts.into_iter().filter(|part| !part.is_empty()).collect()
}

fn pair(text: &str) -> Result<(String, String), String> {
    let parts = split(text, '=', true);
    match parts.as_slice() {
        [name, value @ ..] if !value.is_empty() => Ok((unescape(name), value.join("="))),
        _ => Err("missing tag or field value".to_owned()),
    }
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, letters.peek()) {
            ('\\', Some(next)) if ", =\"\\".contains(*next) => plain.extend(letters.next()),
            _ => plain.push(letter),
        }
    }
    plain
}

fn field_value(text: &str) -> Result<Field, String> {
    match text {
        "t" | "T" | "true" | "True" | "TRUE" => return Ok(Field::Bool(true)),
        "f" | "F" | "false" | "False" | "FALSE" => return Ok(Field::Bool(false)),
        _ => {}
    }
    if let Some(quoted) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return Ok(Field::String(unescape(quoted)));
    }
    if let Some(digits) = text.strip_suffix('i') {
        return digits.parse().map(Field::Int).map_err(|_| "invalid number".to_owned());
    }
    text.parse().map(Field::Float).map_err(|_| "invalid number".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_escapes_and_all_kinds_of_fields() {
        let text = "cpu\\ load,host=a\\,b value=95,n=3i,s=\"x y, z=1\",b=t 1000000000\n# comment\n";
        let points = parse(text, "telegraf", "autogen", Precision::parse("s").unwrap()).unwrap();
        let [point] = points.as_slice() else {
            panic!("one point, not {points:?}")
        };
        assert_eq!(point.name, "cpu load");
        assert_eq!(point.tags["host"], "a,b");
        assert_eq!(point.fields["value"], Field::Float(95.0));
        assert_eq!(point.fields["n"], Field::Int(3));
        assert_eq!(point.fields["s"], Field::String("x y, z=1".to_owned()));
        assert_eq!(point.fields["b"], Field::Bool(true));
        assert_eq!(point.time, 1_000_000_000_000_000_000);
    }

    #[test]
    fn broken_lines_are_refused() {
        let precision = Precision::parse("").unwrap();
        assert!(parse("cpu", "d", "r", precision).is_err());
        assert!(parse("cpu value=", "d", "r", precision).is_err());
        assert!(parse("cpu value=1 x", "d", "r", precision).is_err());
        assert!(Precision::parse("y").is_err());
    }
}
