//! Events: the states of alerts, and the JSON that is posted for them.

use crate::go::template::Value as TemplateValue;
use crate::go::{duration, time};
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};
use std::collections::BTreeMap;

/// How bad it is.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    #[default]
    Ok,
    Info,
    Warning,
    Critical,
}

impl Level {
    pub const ALL: [Level; 4] = [Level::Ok, Level::Info, Level::Warning, Level::Critical];

    pub fn name(self) -> &'static str {
        match self {
            Level::Ok => "OK",
            Level::Info => "INFO",
            Level::Warning => "WARNING",
            Level::Critical => "CRITICAL",
        }
    }

    /// As templates of an endpoint see it: a number that prints as its name.
    pub fn template_value(self) -> TemplateValue {
        TemplateValue::Named {
            type_name: "alert.Level",
            number: self as i64,
            text: self.name().to_owned(),
        }
    }

    /// Reads a level in any case; an empty text is OK.
    pub fn parse(text: &str) -> Result<Level, String> {
        let upper = text.to_uppercase();
        if upper.is_empty() {
            return Ok(Level::Ok);
        }
        let found = Level::ALL.into_iter().find(|level| level.name() == upper);
        found.ok_or_else(|| format!("unknown alert level '{upper}'"))
    }
}

/// The state of one alert.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct EventState {
    pub message: String,
    pub details: String,
    /// Nanoseconds since 1970.
    pub time: i64,
    /// Nanoseconds.
    pub duration: i64,
    pub level: Level,
}

impl EventState {
    pub fn view(&self) -> Value {
        json!({
            "message": self.message,
            "details": self.details,
            "time": time::rfc3339(self.time),
            "duration": duration::format(self.duration),
            "level": self.level,
        })
    }
}

/// What happened, with the data that handlers post.
#[derive(Clone, Debug)]
pub struct Event {
    pub id: String,
    pub state: EventState,
    pub name: String,
    pub task: String,
    pub tags: BTreeMap<String, String>,
    pub fields: BTreeMap<String, crate::engine::point::Field>,
    /// The rows that fired, as JSON.
    pub series: Value,
    pub recoverable: bool,
}

impl Event {
    /// The body of the POST.
    pub fn json(&self, previous: Level) -> Value {
        json!({
            "id": self.id,
            "message": self.state.message,
            "details": self.state.details,
            "time": time::rfc3339(self.state.time),
            "duration": self.state.duration,
            "level": self.state.level,
            "data": { "series": self.series },
            "previousLevel": previous,
            "recoverable": self.recoverable,
        })
    }

    /// The data that templates of an endpoint see: less than those of the alert itself.
    pub fn template_data(&self, previous: Level) -> TemplateValue {
        let rows = self.series.as_array().into_iter().flatten().map(row).collect();
        let rows = TemplateValue::List {
            type_name: "models.Rows",
            items: rows,
        };
        let result = TemplateValue::Struct {
            type_name: "models.Result",
            fields: vec![("Series", rows), ("Err", TemplateValue::Nil)],
            json: Some(json!({ "series": self.series })),
        };
        let fields = vec![
            ("ID", TemplateValue::from(self.id.as_str())),
            ("Message", TemplateValue::from(self.state.message.as_str())),
            ("Details", TemplateValue::from(self.state.details.as_str())),
            ("Time", TemplateValue::Time(self.state.time)),
            ("Duration", TemplateValue::duration(self.state.duration)),
            ("Level", self.state.level.template_value()),
            ("Data", result),
            ("PreviousLevel", previous.template_value()),
            ("Recoverable", TemplateValue::Bool(self.recoverable)),
        ];
        TemplateValue::Struct {
            type_name: "alert.Data",
            fields,
            json: Some(self.json(previous)),
        }
    }
}

/// A row as templates see it.
fn row(json: &Value) -> TemplateValue {
    let list = |type_name: &'static str, value: &Value, item: &dyn Fn(&Value) -> TemplateValue| TemplateValue::List {
        type_name,
        items: value.as_array().into_iter().flatten().map(item).collect(),
    };
    let tags = json["tags"].as_object().into_iter().flatten();
    let tags = tags.map(|(key, value)| (key.clone(), cell(value))).collect();
    let values = list("[][]interface {}", &json["values"], &|row| {
        list("[]interface {}", row, &cell)
    });
    TemplateValue::Struct {
        type_name: "models.Row",
        fields: vec![
            ("Name", cell(&json["name"])),
            ("Tags", TemplateValue::string_map(tags)),
            ("Columns", list("[]string", &json["columns"], &cell)),
            ("Values", values),
        ],
        json: Some(json.clone()),
    }
}

fn cell(json: &Value) -> TemplateValue {
    match json {
        Value::Bool(value) => TemplateValue::Bool(*value),
        Value::Number(number) => TemplateValue::Float(number.as_f64().unwrap_or_default()),
        Value::String(text) => {
            time::nanos_of(text).map_or_else(|| TemplateValue::from(text.as_str()), TemplateValue::Time)
        }
        _ => TemplateValue::Nil,
    }
}
