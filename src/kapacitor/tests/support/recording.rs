//! The recorded exchanges, as answers of the scripted server.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::kapacitor::tests::support::server::Reply;

/// One recorded exchange.
pub(crate) struct Recorded {
    exchange: Value,
}

/// The exchange called `step` in `tests/contract/http/FILE.jsonl`.
pub(crate) fn recorded(file: &str, step: &str) -> Recorded {
    let found = read(&folder().join(format!("{file}.jsonl")))
        .into_iter()
        .find(|recorded| recorded.step() == step);
    found.unwrap_or_else(|| panic!("no step \"{step}\" in {file}"))
}

/// All exchanges of all files.
pub(crate) fn all_recordings() -> impl Iterator<Item = Recorded> {
    let entries = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .flat_map(|path| read(&path))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contract/http")
}

fn read(path: &Path) -> Vec<Recorded> {
    let lines = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    lines
        .lines()
        .map(|line| Recorded {
            exchange: serde_json::from_str(line).unwrap(),
        })
        .collect()
}

impl Recorded {
    /// What the server answered; it must have done so.
    pub(crate) fn reply(&self) -> Reply {
        self.try_reply()
            .unwrap_or_else(|| panic!("\"{}\" was not answered", self.step()))
    }

    /// What the server answered, if it did.
    pub(crate) fn try_reply(&self) -> Option<Reply> {
        let response = &self.exchange["response"];
        let status = self.status()?;
        let headers = response["headers"].as_object().cloned().unwrap_or_default();
        let headers = headers
            .into_iter()
            .map(|(name, value)| (name, value.as_str().unwrap().to_owned()));
        Some(Reply::Answer {
            status,
            headers: headers.collect(),
            body: text(&response["body"]),
        })
    }

    /// The status of the answer, if there was one.
    pub(crate) fn status(&self) -> Option<u16> {
        self.exchange["response"]["status"]
            .as_u64()
            .map(|status| u16::try_from(status).unwrap())
    }

    /// What the exchange is called.
    pub(crate) fn step(&self) -> &str {
        self.exchange["step"].as_str().unwrap()
    }

    /// The method that was used.
    pub(crate) fn method(&self) -> &str {
        self.exchange["request"]["method"].as_str().unwrap()
    }

    /// The body that was answered.
    pub(crate) fn body(&self) -> &Value {
        &self.exchange["response"]["body"]
    }

    /// The path that was asked for.
    pub(crate) fn path(&self) -> &str {
        self.exchange["request"]["path"].as_str().unwrap()
    }

    /// The body that was sent, as JSON.
    pub(crate) fn request_body(&self) -> &Value {
        &self.exchange["request"]["body"]
    }

    /// The words of the error that was answered.
    pub(crate) fn message(&self) -> &str {
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
