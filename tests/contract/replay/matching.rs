//! Compares what came with what was recorded, where placeholders stand for values that differ from run to run.

use super::client::Outcome;
use regex::Regex;
use sandbox::Post;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What the placeholders of a file stand for, as far as it is known yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Bindings {
    values: BTreeMap<String, String>,
}

impl Bindings {
    pub(super) fn new(known: &[(&str, &str)]) -> Self {
        let values = known
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Bindings { values }
    }

    /// The text with all known placeholders filled in.
    pub(super) fn fill(&self, text: &str) -> String {
        if !text.contains('<') {
            return text.to_owned();
        }
        self.values.iter().fold(text.to_owned(), |text, (name, value)| {
            text.replace(&format!("<{name}>"), value)
        })
    }

    pub(super) fn fill_json(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.fill(text)),
            Value::Array(items) => items.iter().map(|item| self.fill_json(item)).collect(),
            Value::Object(map) => map
                .iter()
                .map(|(key, value)| (self.fill(key), self.fill_json(value)))
                .collect(),
            other => other.clone(),
        }
    }

    /// Whether a text is as recorded; placeholders that were not known yet get their value.
    fn text(&mut self, recorded: &str, found: &str) -> bool {
        let recorded = self.fill(recorded);
        if recorded == found || !recorded.contains('<') {
            return recorded == found;
        }
        let unknown = Regex::new(r"<(time-\d+|uuid-\d+|resolver error|influxdb)>").expect("a pattern");
        let (mut pattern, mut names, mut end) = (String::from("(?s)^"), Vec::new(), 0);
        for placeholder in unknown.captures_iter(&recorded) {
            let whole = placeholder.get(0).expect("a match");
            pattern.push_str(&regex::escape(&recorded[end..whole.start()]));
            pattern.push_str(shape_of(&placeholder[1]));
            names.push(placeholder[1].to_owned());
            end = whole.end();
        }
        pattern.push_str(&regex::escape(&recorded[end..]));
        pattern.push('$');
        let Some(values) = Regex::new(&pattern).expect("a pattern").captures(found) else {
            return false;
        };
        for (name, value) in names.into_iter().zip(values.iter().skip(1).flatten()) {
            let value = value.as_str().to_owned();
            if self
                .values
                .insert(name, value.clone())
                .is_some_and(|former| former != value)
            {
                return false;
            }
        }
        true
    }

    /// Whether a JSON value is as recorded, `dot` and `stats` aside.
    fn json(&mut self, recorded: &Value, found: &Value) -> Result<(), String> {
        match (recorded, found) {
            (Value::String(recorded), Value::String(found)) if self.text(recorded, found) => Ok(()),
            (Value::Array(recorded), Value::Array(found)) if recorded.len() == found.len() => recorded
                .iter()
                .zip(found)
                .enumerate()
                .try_for_each(|(place, (recorded, found))| {
                    self.json(recorded, found).map_err(|error| format!("[{place}]{error}"))
                }),
            (Value::Object(recorded), Value::Object(found)) => self.objects(recorded, found),
            (Value::String(recorded), Value::Number(_)) if recorded == "<n>" => Ok(()),
            (Value::Number(recorded), Value::Number(found)) if recorded.as_f64() == found.as_f64() => Ok(()),
            (recorded, found) if recorded == found => Ok(()),
            (recorded, found) => Err(format!(": recorded {recorded}, found {found}")),
        }
    }

    fn objects(&mut self, recorded: &Map<String, Value>, found: &Map<String, Value>) -> Result<(), String> {
        let compared = |key: &&String| !matches!(key.as_str(), "dot" | "stats");
        let extra: Vec<&String> = found
            .keys()
            .filter(compared)
            .filter(|key| !recorded.contains_key(*key))
            .collect();
        if !extra.is_empty() {
            return Err(format!(": not recorded: {extra:?}"));
        }
        for key in recorded.keys().filter(compared) {
            let found = found.get(key).ok_or_else(|| format!(".{key}: missing"))?;
            if matches!(key.as_str(), "rules" | "events") {
                self.in_any_order(&recorded[key], found)
                    .map_err(|error| format!(".{key}{error}"))?;
                continue;
            }
            self.json(&recorded[key], found)
                .map_err(|error| format!(".{key}{error}"))?;
        }
        Ok(())
    }

    /// Whether two lists hold the same; Chronograf lists rules, and Kapacitor events, in an order that is chance.
    fn in_any_order(&mut self, recorded: &Value, found: &Value) -> Result<(), String> {
        let items = |list: &Value| list.as_array().cloned().unwrap_or_default();
        let mut left = items(found);
        for recorded in items(recorded) {
            let matching = left.iter().enumerate().find_map(|(place, found)| {
                let mut bindings = self.clone();
                bindings.json(&recorded, found).ok().map(|()| (place, bindings))
            });
            let (place, bindings) = matching.ok_or_else(|| format!(": recorded {recorded}, found {left:?}"))?;
            *self = bindings;
            left.remove(place);
        }
        if left.is_empty() {
            return Ok(());
        }
        Err(format!(": not recorded: {left:?}"))
    }

    /// Whether an answer is as recorded: status, recorded headers, body.
    pub(super) fn answer(&mut self, recorded: &Map<String, Value>, found: &Outcome) -> Result<(), String> {
        let (status, headers, body) = match found {
            Outcome::Closed => return silence(recorded, "closed"),
            Outcome::Refused => return silence(recorded, "refused"),
            Outcome::Timeout => return silence(recorded, "timeout"),
            Outcome::Answer { status, headers, body } => (status, headers, body),
        };
        if recorded.get("status").and_then(Value::as_u64) != Some(u64::from(*status)) {
            let text = String::from_utf8_lossy(body);
            return Err(format!(
                "recorded {}, found {status} {text}",
                Value::Object(recorded.clone())
            ));
        }
        let wanted = recorded.get("headers").and_then(Value::as_object).into_iter().flatten();
        for (name, value) in wanted {
            let found = headers
                .iter()
                .find(|(found, _)| found.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.as_str());
            let recorded = value.as_str().unwrap_or_default();
            if name == "Allow" && same_methods(recorded, found.unwrap_or_default()) {
                continue;
            }
            if !self.text(recorded, found.unwrap_or_default()) {
                return Err(format!("header {name}: recorded {value}, found {found:?}"));
            }
        }
        self.body(recorded.get("body").unwrap_or(&Value::Null), body)
    }

    fn body(&mut self, recorded: &Value, found: &[u8]) -> Result<(), String> {
        let text = String::from_utf8_lossy(found).into_owned();
        match recorded {
            Value::Null if found.is_empty() => Ok(()),
            Value::String(zipped) if zipped.starts_with("<gzip of") && found.starts_with(&[0x1f, 0x8b]) => Ok(()),
            Value::String(page) if page == "<the html page of the user interface>" && text.contains("<html") => Ok(()),
            Value::String(nonce) if nonce.starts_with("<nonce: a uuid") && found.len() == 36 => Ok(()),
            Value::String(rules) if count_of_rules(rules).is_some() => {
                let found: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
                let count = found["rules"].as_array().map(Vec::len);
                if count == count_of_rules(rules) {
                    return Ok(());
                }
                Err(format!("recorded {rules}, found {count:?}"))
            }
            Value::String(recorded) if self.text(recorded, &text) => Ok(()),
            Value::Null | Value::String(_) => Err(format!("body: recorded {recorded}, found {text:?}")),
            recorded => {
                let found = serde_json::from_str(&text).map_err(|error| format!("body {text:?}: {error}"))?;
                self.json(recorded, &found).map_err(|error| format!("body{error}"))
            }
        }
    }

    /// Whether the receiver got what was recorded, in any order. The recording shows only telling headers, Content-Type
    /// always.
    pub(super) fn received(&mut self, recorded: &[Value], found: &[Post]) -> Result<(), String> {
        if recorded.len() != found.len() {
            return Err(format!("receiver: {} recorded, found {found:#?}", recorded.len()));
        }
        let mut left: Vec<&Post> = found.iter().collect();
        for recorded in recorded {
            let mut result = Err(format!("receiver: recorded {recorded}, found {left:#?}"));
            for place in 0..left.len() {
                let mut bindings = self.clone();
                let compared = bindings.post(recorded, left[place]);
                if compared.is_ok() {
                    *self = bindings;
                    left.remove(place);
                    result = Ok(());
                    break;
                }
                if left.len() == 1 {
                    result = compared;
                }
            }
            result?;
        }
        Ok(())
    }

    fn post(&mut self, recorded: &Value, found: &Post) -> Result<(), String> {
        let wanted = recorded["headers"].as_object().cloned().unwrap_or_default();
        let mut headers: Map<String, Value> = Map::new();
        for name in wanted
            .keys()
            .map(String::as_str)
            .chain(["Content-Type", "Authorization"])
        {
            if let Some(value) = found.headers.get(&name.to_lowercase()) {
                headers.insert(name.to_owned(), Value::String(value.clone()));
            }
        }
        self.json(&Value::Object(wanted), &Value::Object(headers))
            .map_err(|error| format!("receiver headers{error}"))?;
        if !self.text(recorded["path"].as_str().unwrap_or_default(), &found.path) {
            return Err(format!("receiver: recorded {}, found {}", recorded["path"], found.path));
        }
        self.body(&recorded["body"], found.body.as_bytes())
            .map_err(|error| format!("receiver {error}"))
    }
}

/// The number in `<254 rules>`.
fn count_of_rules(recorded: &str) -> Option<usize> {
    recorded.strip_prefix('<')?.strip_suffix(" rules>")?.parse().ok()
}

/// Whether two lists of methods are the same; their order is chance.
fn same_methods(recorded: &str, found: &str) -> bool {
    let sorted = |list: &str| {
        let mut methods: Vec<String> = list.split(", ").map(str::to_owned).collect();
        methods.sort();
        methods
    };
    sorted(recorded) == sorted(found)
}

fn silence(recorded: &Map<String, Value>, kind: &str) -> Result<(), String> {
    if recorded.get(kind) == Some(&Value::Bool(true)) {
        return Ok(());
    }
    Err(format!("recorded {}, found {kind}", Value::Object(recorded.clone())))
}

/// What a placeholder may stand for.
fn shape_of(placeholder: &str) -> &'static str {
    if placeholder.starts_with("time-") {
        return r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))";
    }
    if placeholder.starts_with("uuid-") {
        return "([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})";
    }
    if placeholder == "influxdb" {
        return r"([\w.-]+:\d+)";
    }
    "(.+)"
}
