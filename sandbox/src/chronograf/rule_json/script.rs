//! The script that Chronograf makes of a rule.

use crate::chronograf::rule_json::words::{NO_URL, OPERATORS};
use serde_json::Value;
use squadcast_kapacitor::rule::{Field, PostSpec, Rule, RuleSpec, TextList};
use std::collections::BTreeMap;

/// The script that Chronograf makes of the rule in a body, or its words, or the sandbox's own for what it does not know.
pub fn script(body: &Value) -> Result<String, String> {
    let written = read(body)?.to_tickscript();
    let mut written = written.replace(&format!(".post('{NO_URL}')"), ".post()");
    let values = &body["values"];
    for (variable, duration) in [
        ("period", &body["query"]["groupBy"]["time"]),
        ("period", &values["period"]),
        ("every", &body["every"]),
        ("shift", &values["shift"]),
    ] {
        let units = units(duration);
        if let [first, rest @ ..] = units.as_slice() {
            let line = format!("var {variable} = {first}\n");
            let rest: String = rest.iter().map(|unit| format!("\n{unit}\n")).collect();
            written = written.replace(&line, &format!("{line}{rest}"));
        }
    }
    Ok(written)
}

/// A duration's units, each with its number. It is written as it comes, e.g. `10m0s` as Chronograf itself shows `10m`, of
/// which Kapacitor takes the first unit for the value, and each other one for a statement of its own.
fn units(duration: &Value) -> Vec<&str> {
    let text = duration.as_str().unwrap_or_default();
    let digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    let mut starts: Vec<usize> = (1..text.len()).filter(|&at| digit(at) && !digit(at - 1)).collect();
    starts.push(text.len());
    let mut from = 0;
    let cut = |end| text.get(std::mem::replace(&mut from, end)..end).unwrap_or_default();
    starts.into_iter().map(cut).collect()
}

/// The part of a duration that counts.
fn first_unit(duration: &Value) -> Field<String> {
    units(duration).first().copied().unwrap_or_default().into()
}

fn read(body: &Value) -> Result<Rule, String> {
    let (query, values, nodes) = (&body["query"], &body["values"], &body["alertNodes"]);
    if ["value", "rangeValue"]
        .iter()
        .any(|name| values[name].as_str().is_some_and(has_exponent))
    {
        // It would write the number as it is, which Kapacitor reads as another one; ours writes it right.
        return Err("the sandbox, which is not Chronograf, does not store numbers with an exponent".to_owned());
    }
    if let Some(kind) = other_handler(nodes) {
        return Err(format!(
            "the sandbox, which is not Chronograf, does not store handlers of kind {kind}"
        ));
    }
    let spec = RuleSpec {
        name: known(&body["name"]),
        database: known(&query["database"]),
        retention_policy: known(&query["retentionPolicy"]),
        measurement: known(&query["measurement"]),
        group_by: Field::Known(list(&query["groupBy"]["tags"])),
        message: known(&body["message"]),
        details: known(&body["details"]),
        state_changes_only: Field::Known(nodes["stateChangesOnly"] == true),
        no_recoveries: Field::Known(nodes["noRecoveries"] == true),
        flapping: Field::Known(nodes["useFlapping"] == true),
        posts: Field::Known(nodes["post"].as_array().into_iter().flatten().map(post_spec).collect()),
        ..RuleSpec::default()
    };
    let spec = with_trigger(with_tags(spec, query), body, values)?;
    Rule::from_server(&spec).map_err(|errors| format!("{errors:?}"))
}

pub(super) fn has_exponent(value: &str) -> bool {
    value.contains('e') && value.parse::<f64>().is_ok()
}

pub(super) fn other_handler(nodes: &Value) -> Option<&str> {
    let lists = nodes
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| *name != "post");
    let used = lists
        .into_iter()
        .find(|(_, value)| value.as_array().is_some_and(|list| !list.is_empty()));
    used.map(|(name, _)| name.as_str())
}

fn with_tags(mut spec: RuleSpec, query: &Value) -> RuleSpec {
    let tags = query["tags"].as_object().into_iter().flatten();
    let tags: BTreeMap<String, Field<TextList>> = tags
        .map(|(tag, values)| (tag.clone(), Field::Known(list(values))))
        .collect();
    if query["areTagsAccepted"] == true {
        spec.r#where = Field::Known(tags);
    } else {
        spec.exclude = Field::Known(tags);
    }
    spec
}

fn with_trigger(mut spec: RuleSpec, body: &Value, values: &Value) -> Result<RuleSpec, String> {
    let trigger = body["trigger"].as_str().unwrap_or_default();
    let field = &body["query"]["fields"][0];
    if field["type"] == "func" {
        spec.field = known(&field["args"][0]["value"]);
        if trigger != "deadman" {
            spec.aggregate = known(&field["value"]);
            spec.period = first_unit(&body["query"]["groupBy"]["time"]);
            spec.every = first_unit(&body["every"]);
        }
    } else if field["type"] == "field" {
        spec.field = known(&field["value"]);
    }
    let is_range = values["rangeValue"].as_str().is_some_and(|value| !value.is_empty());
    let operator = || -> Result<Field<String>, String> {
        let written = values["operator"].as_str().unwrap_or_default();
        let symbol = OPERATORS
            .iter()
            .find(|(words, _)| *words == written)
            .map(|(_, symbol)| (*symbol).to_owned());
        symbol
            .map(Field::Known)
            .ok_or_else(|| format!("invalid operator: {written} is unknown"))
    };
    match trigger {
        "deadman" => spec.period = first_unit(&values["period"]),
        "relative" => {
            let percent = values["change"] == "% change";
            spec.change = Field::Known(if percent { "percent" } else { "amount" }.to_owned());
            spec.shift = first_unit(&values["shift"]);
            spec.operator = operator()?;
            spec.value = known(&values["value"]);
        }
        "threshold" => {
            spec.operator = operator()?;
            if is_range {
                spec.lower = known(&values["value"]);
                spec.upper = known(&values["rangeValue"]);
            } else {
                spec.value = known(&values["value"]);
            }
        }
        _ => return Err("Unknown trigger mechanism".to_owned()),
    }
    spec.trigger = Field::Known(
        if trigger == "threshold" && is_range {
            "range"
        } else {
            trigger
        }
        .to_owned(),
    );
    Ok(spec)
}

fn post_spec(post: &Value) -> PostSpec {
    let headers = post["headers"].as_object().into_iter().flatten();
    let headers = headers.map(|(name, value)| (name.clone(), known(value))).collect();
    let url = post["url"].as_str().filter(|url| !url.is_empty()).unwrap_or(NO_URL);
    PostSpec {
        url: url.into(),
        headers: Field::Known(headers),
        ..PostSpec::default()
    }
}

fn known(value: &Value) -> Field<String> {
    value.as_str().unwrap_or_default().into()
}

fn list(value: &Value) -> TextList {
    value.as_array().into_iter().flatten().map(known).collect()
}
