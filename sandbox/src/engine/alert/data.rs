//! What the templates of an alert see: Kapacitor's `idInfo`, `messageInfo` and `detailsInfo`.

use crate::engine::point::Field;
use crate::go::template::Value;
use serde_json::{json, Map, Value as Json};
use std::collections::BTreeMap;

/// The data of an alert's templates.
pub struct AlertData<'a> {
    pub name: &'a str,
    pub task: &'a str,
    pub group: String,
    pub tags: &'a BTreeMap<String, String>,
}

/// What is known once an alert fires.
pub struct Fired<'a> {
    pub id: &'a str,
    pub fields: &'a BTreeMap<String, Field>,
    pub level: &'a str,
    /// Nanoseconds since 1970.
    pub time: i64,
    /// Nanoseconds.
    pub duration: i64,
}

impl AlertData<'_> {
    /// For the template of the id.
    pub fn id(&self) -> Value {
        Value::structure("kapacitor.idInfo", self.fields())
    }

    /// For the template of the message.
    pub fn message(&self, fired: &Fired) -> Value {
        Value::structure("kapacitor.messageInfo", self.fired_fields(fired))
    }

    /// For the template of the details.
    pub fn details(&self, fired: &Fired, message: &str) -> Value {
        let mut fields = self.fired_fields(fired);
        fields.push(("Message", Value::from(message)));
        let mut json: Map<String, Json> = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.json()))
            .collect();
        json.insert("Duration".to_owned(), json!(fired.duration));
        Value::Struct {
            type_name: "kapacitor.detailsInfo",
            fields,
            json: Some(Json::Object(json)),
        }
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        let tags = self
            .tags
            .iter()
            .map(|(key, value)| (key.clone(), Value::from(value.as_str())));
        let server = vec![
            ("Hostname", Value::from("localhost")),
            ("ClusterID", Value::from("00000000-0000-4000-8000-000000000001")),
            ("ServerID", Value::from("00000000-0000-4000-8000-000000000002")),
        ];
        vec![
            ("Name", Value::from(self.name)),
            ("TaskName", Value::from(self.task)),
            ("Group", Value::from(self.group.as_str())),
            ("Tags", Value::string_map(tags.collect())),
            ("ServerInfo", Value::structure("kapacitor.serverInfo", server)),
        ]
    }

    fn fired_fields(&self, fired: &Fired) -> Vec<(&'static str, Value)> {
        let values = fired.fields.iter().map(|(name, value)| (name.clone(), value_of(value)));
        let mut fields = self.fields();
        fields.extend([
            ("ID", Value::from(fired.id)),
            ("Fields", Value::map(values.collect())),
            ("Level", Value::from(fired.level)),
            ("Time", Value::Time(fired.time)),
            ("Duration", Value::duration(fired.duration)),
        ]);
        fields
    }
}

fn value_of(field: &Field) -> Value {
    match field {
        Field::Float(value) => Value::Float(*value),
        Field::Int(value) => Value::Int64(*value),
        Field::String(text) => Value::from(text.as_str()),
        Field::Bool(value) => Value::Bool(*value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::go::template::{Template, JSON_FUNCTIONS};
    use crate::kapacitor::topics::{Event, EventState, Level};

    /// Templates of which the sandbox does not make what Go makes: it fails where values stand in tags, scripts and
    /// addresses, takes `html` in details for one more escape, and shows some values in errors otherwise.
    const LEFT_OUT: [(&str, &str); 21] = [
        ("message", "{{ eq . . }}"),
        ("message", "{{ index .Fields \"n\" | printf \"%0.2f\" }}"),
        ("details", "{{ html \"<a>\" }}"),
        ("details", "{{ eq . . }}"),
        ("details", "{{ index .Fields \"n\" | printf \"%0.2f\" }}"),
        ("details", "{{ html .Fields.s }}"),
        ("details", "<a href=\"{{ .ID }}\">x</a>"),
        ("details", "<a href='http://x/{{ .ID }}'>x</a>"),
        ("details", "<a href=\"javascript:{{ .ID }}\">"),
        ("details", "<a href={{ .ID }}>x</a>"),
        ("details", "<script>var x = {{ .Fields }};</script>"),
        ("details", "<style>a { color: {{ .ID }} }</style>"),
        ("details", "<b {{ .ID }}"),
        ("details", "<a onclick=\"f({{ .ID }})\">x</a>"),
        ("details", "<p style=\"color: {{ .ID }}\">x</p>"),
        ("details", "{{ .Fields.s | html }}"),
        ("details", "<img src=\"http://x/?a={{ .Fields.s }}&b={{ .ID }}\">"),
        ("details", "<div class={{ .ID }}>"),
        ("details", "<a {{ .ID }}=\"x\">"),
        ("url", "{{ block \"x\" . }}y{{ .Name }}{{ end }}"),
        ("url", "{{ eq . . }}"),
    ];

    const TIME: i64 = 1_000_000_000_000_000_000;
    const DURATION: i64 = 90_000_000_000;

    fn strings(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        owned.collect()
    }

    fn event() -> Event {
        let series = json!([{
            "name": "cpu",
            "tags": { "host": "a" },
            "columns": ["time", "value"],
            "values": [["2001-09-09T01:46:40Z", 95.5]],
        }]);
        Event {
            id: "cpu:host=a".to_owned(),
            state: EventState {
                message: "m".to_owned(),
                details: "d".to_owned(),
                time: TIME,
                duration: DURATION,
                level: Level::Critical,
            },
            name: "cpu".to_owned(),
            task: "t".to_owned(),
            tags: strings(&[("host", "a")]),
            fields: BTreeMap::new(),
            series,
            recoverable: true,
        }
    }

    fn render(position: &str, template: &str) -> Result<String, (bool, String)> {
        let tags = strings(&[("host", "a"), ("cpu", "cpu-total")]);
        let data = AlertData {
            name: "cpu",
            task: "t",
            group: "host=a".to_owned(),
            tags: &tags,
        };
        let fields = BTreeMap::from([
            ("value".to_owned(), Field::Float(95.5)),
            ("whole".to_owned(), Field::Float(90.0)),
            ("n".to_owned(), Field::Int(3)),
            ("s".to_owned(), Field::String("te<x>t".to_owned())),
            ("b".to_owned(), Field::Bool(true)),
        ]);
        let fired = Fired {
            id: "cpu:host=a",
            fields: &fields,
            level: "CRITICAL",
            time: TIME,
            duration: DURATION,
        };
        let (parsed, data) = match position {
            "id" => (Template::parse("id", template, &[]), data.id()),
            "message" => (Template::parse("message", template, &[]), data.message(&fired)),
            "details" => (
                Template::parse_html("details", template, &JSON_FUNCTIONS),
                data.details(&fired, "the message"),
            ),
            _ => (
                Template::parse("body", template, &JSON_FUNCTIONS),
                event().template_data(Level::Ok),
            ),
        };
        let parsed = parsed.map_err(|words| (true, words))?;
        parsed.execute(&data).map_err(|words| (false, words))
    }

    #[test]
    fn templates_make_what_go_makes_of_them_and_fail_in_its_words() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/contract/go-templates.jsonl");
        let lines = std::fs::read_to_string(path).expect("what Go does with templates");
        let (mut matched, mut left_out, mut wrong) = (0, 0, Vec::new());
        for line in lines.lines() {
            let case: Json = serde_json::from_str(line).expect("a case");
            let text = |name: &str| case[name].as_str().map(str::to_owned);
            let (position, template) = (text("position").unwrap(), text("template").unwrap());
            let expected = match (text("output"), text("refused"), text("fails")) {
                (Some(output), _, _) => Ok(output),
                (_, Some(words), _) => Err((true, words)),
                (_, _, words) => Err((false, words.expect("words"))),
            };
            let found = render(&position, &template);
            let known = LEFT_OUT.contains(&(position.as_str(), template.as_str()));
            match (found == expected, known) {
                (true, false) => matched += 1,
                (false, true) => left_out += 1,
                (true, true) => wrong.push(format!("{position} {template:?} need not be left out")),
                (false, false) => wrong.push(format!("{position} {template:?}\n  Go {expected:?}\n  we {found:?}")),
            }
        }
        println!("{matched} templates are as Go has them, {left_out} left out");
        assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
        assert!(matched > 1000, "{matched}");
        assert_eq!(left_out, LEFT_OUT.len());
    }
}
