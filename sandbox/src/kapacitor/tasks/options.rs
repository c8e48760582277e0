//! The body of a request that creates or changes a task.

use crate::kapacitor::stored::{Dbrp, Status, TaskType};
use crate::kapacitor::vars::Vars;
use crate::server::exchange::{Answer, Request};
use serde::Deserialize;
use serde_json::Value;

/// The body of POST and PATCH. Unknown fields, and text after the JSON value, are ignored.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Options {
    pub id: Option<String>,
    #[serde(rename = "template-id")]
    pub template_id: Option<String>,
    /// Checked for its spelling only: the script decides.
    #[serde(rename = "type")]
    _task_type: Option<TaskType>,
    pub dbrps: Option<Vec<Dbrp>>,
    pub script: Option<String>,
    pub status: Option<Status>,
    pub vars: Option<Vars>,
}

impl Options {
    pub fn read(request: &Request) -> Result<Options, Answer> {
        let invalid = || Answer::error(400, "invalid JSON");
        let value = serde_json::Deserializer::from_slice(&request.body)
            .into_iter::<Value>()
            .next();
        match value.and_then(Result::ok) {
            Some(Value::Null) => Ok(Options::default()),
            Some(object @ Value::Object(_)) => serde_json::from_value(object).map_err(|_| invalid()),
            _ => Err(invalid()),
        }
    }

    pub fn script(&self) -> Option<&String> {
        self.script.as_ref().filter(|script| !script.is_empty())
    }

    pub fn dbrps(&self) -> Option<&Vec<Dbrp>> {
        self.dbrps.as_ref().filter(|dbrps| !dbrps.is_empty())
    }

    pub fn template_id(&self) -> Option<&String> {
        self.template_id.as_ref().filter(|template| !template.is_empty())
    }
}
