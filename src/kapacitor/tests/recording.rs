//! The recorded exchanges, as answers of the scripted server.

use std::path::Path;

use serde_json::Value;

use super::server::Reply;

/// One recorded exchange.
pub struct Recorded {
    exchange: Value,
}

/// The exchange called `step` in `tests/contract/http/FILE.jsonl`.
pub fn recorded(file: &str, step: &str) -> Recorded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/contract/http/{file}.jsonl"));
    let lines = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let exchanges = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let exchange = exchanges.into_iter().find(|exchange| exchange["step"] == step);
    Recorded {
        exchange: exchange.unwrap_or_else(|| panic!("no step \"{step}\" in {file}")),
    }
}

impl Recorded {
    /// What the server answered.
    pub fn reply(&self) -> Reply {
        let response = &self.exchange["response"];
        if response["closed"] == true {
            return Reply::Drop;
        }
        let status = u16::try_from(response["status"].as_u64().unwrap()).unwrap();
        let headers = response["headers"].as_object().cloned().unwrap_or_default();
        let headers = headers
            .into_iter()
            .map(|(name, value)| (name, value.as_str().unwrap().to_owned()));
        Reply::Answer {
            status,
            headers: headers.collect(),
            body: text(&response["body"]),
        }
    }

    /// The path that was asked for.
    pub fn path(&self) -> &str {
        self.exchange["request"]["path"].as_str().unwrap()
    }

    /// The body that was sent, as JSON.
    pub fn request_body(&self) -> &Value {
        &self.exchange["request"]["body"]
    }

    /// The words of the error that was answered.
    pub fn words(&self) -> &str {
        self.exchange["response"]["body"]["error"].as_str().unwrap()
    }
}

fn text(body: &Value) -> String {
    match body {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        json => json.to_string(),
    }
}
