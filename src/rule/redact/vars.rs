//! Vars that a task has besides its script, as a person may see them.

use serde_json::Value;

use crate::secret::Key;

/// Vars of a rule that only name its data, so that their texts may be shown.
const NAME_DATA: [&str; 5] = ["db", "rp", "measurement", "groupBy", "whereFilter"];

/// A var, as Kapacitor's API has it (`{"type": …, "value": …}`), without what may be a secret: a number, a boolean, a duration,
/// and what names the data are shown, and any other text as a fingerprint.
pub fn redact_var(name: &str, var: &Value, key: &Key) -> String {
    let value = &var["value"];
    match (var["type"].as_str(), value) {
        (Some("duration"), Value::Number(nanoseconds)) => nanoseconds
            .as_i64()
            .map_or_else(|| nanoseconds.to_string(), written_duration),
        (Some("star"), _) => "*".to_owned(),
        (Some("list"), Value::Array(items)) => {
            let items: Vec<String> = items.iter().map(|item| redact_var(name, item, key)).collect();
            format!("[{}]", items.join(", "))
        }
        (_, Value::Number(_) | Value::Bool(_)) => value.to_string(),
        (_, Value::String(text)) if NAME_DATA.contains(&name) => text.clone(),
        (_, Value::String(text)) => key.fingerprint(text),
        _ => key.fingerprint(&value.to_string()),
    }
}

/// A duration in the greatest unit of TICKscript in which it is a whole number.
pub fn written_duration(nanoseconds: i64) -> String {
    const UNITS: [(i64, &str); 7] = [
        (604_800_000_000_000, "w"),
        (86_400_000_000_000, "d"),
        (3_600_000_000_000, "h"),
        (60_000_000_000, "m"),
        (1_000_000_000, "s"),
        (1_000_000, "ms"),
        (1_000, "u"),
    ];
    let whole = |(size, _): &&(i64, &str)| nanoseconds % size == 0;
    match UNITS.iter().find(whole) {
        Some((size, unit)) if nanoseconds != 0 => format!("{}{unit}", nanoseconds / size),
        Some(_) => "0s".to_owned(),
        None => format!("{nanoseconds}ns"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_changes_the_alert_is_shown_and_what_may_be_a_secret_is_not() {
        let key = Key::random();
        let text = |value: &str| json!({ "type": "string", "value": value, "description": "" });
        for (name, var, shown) in [
            ("crit", json!({ "type": "int", "value": 50, "description": "" }), "50"),
            ("crit", json!({ "type": "float", "value": 0.5 }), "0.5"),
            ("on", json!({ "type": "bool", "value": true }), "true"),
            (
                "period",
                json!({ "type": "duration", "value": 600_000_000_000_i64 }),
                "10m",
            ),
            ("every", json!({ "type": "duration", "value": 1_500_000_000 }), "1500ms"),
            ("every", json!({ "type": "duration", "value": 1 }), "1ns"),
            ("every", json!({ "type": "duration", "value": 0 }), "0s"),
            ("db", text("telegraf"), "telegraf"),
            (
                "groupBy",
                json!({ "type": "list", "value": [text("host"), { "type": "star", "value": null }] }),
                "[host, *]",
            ),
        ] {
            assert_eq!(redact_var(name, &var, &key), shown, "{name}");
        }
        for (name, var) in [
            ("url", text("https://host/s3cret")),
            ("message", text("s3cret")),
            ("filter", json!({ "type": "lambda", "value": "\"a\" == 's3cret'" })),
            ("hosts", json!({ "type": "list", "value": [text("s3cret")] })),
            ("odd", json!({ "type": "unknown", "value": { "inner": "s3cret" } })),
        ] {
            let shown = redact_var(name, &var, &key);
            assert!(!shown.contains("s3cret") && shown.contains("hmac:"), "{name}: {shown}");
        }
        assert_ne!(redact_var("url", &text("a"), &key), redact_var("url", &text("b"), &key));
    }
}
