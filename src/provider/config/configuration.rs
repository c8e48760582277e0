//! The provider's configuration as Terraform gives it, and what it says of a setting together with the environment.

use super::settings::{attributes, Setting, SettingKind, CHRONOGRAF};
use crate::kapacitor::Secret;
use crate::provider::attributes::block;
use crate::provider::attributes::count::Count;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tf_provider::schema::Schema;
use tf_provider::value::Value;
use tf_provider::AttributePath;

/// The configuration: the values by name, each of the kind that its setting has.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Configuration(Values);

type Values = BTreeMap<String, Value<Held>>;

/// A value.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Held {
    Flag(bool),
    Text(String),
    Count(Count),
    Object(Values),
}

/// What is wrong with the configuration, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigurationError {
    /// The attribute that it is about; the root where one is missing.
    pub attribute: AttributePath,
    /// What happened and what to set; never a value of the configuration.
    pub detail: String,
}

/// Reads environment variables; a parameter so that tests need not change the process's own.
pub(crate) type Environment<'a> = &'a (dyn Fn(&str) -> Option<String> + Sync);

/// An environment without variables.
const NOTHING: Environment<'static> = &|_| None;

/// The schema of the provider's configuration.
pub(crate) fn schema() -> Schema {
    Schema {
        version: 0,
        block: block(
            "Manages the alerting of Kapacitor and Chronograf for teams that send their alerts to Squadcast.",
            &attributes(),
        ),
    }
}

impl Configuration {
    /// Whether something in it is not known before other resources are created.
    pub fn has_unknown(&self) -> bool {
        has_unknown(&self.0)
    }

    /// Whether the configuration itself says something of a setting; an empty text does not.
    pub(super) fn sets(&self, setting: &Setting) -> bool {
        match self.held(setting) {
            Some(Held::Text(text)) => !text.is_empty(),
            other => other.is_some(),
        }
    }

    /// Whether there is an object of Chronograf's settings.
    pub(super) fn has_chronograf(&self) -> bool {
        matches!(self.0.get(CHRONOGRAF), Some(Value::Value(_)))
    }

    /// The text that the configuration itself has.
    pub(super) fn text(&self, setting: &Setting) -> Option<&str> {
        match self.held(setting)? {
            Held::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The texts of a map that the configuration itself has.
    pub(super) fn texts(&self, setting: &Setting) -> Vec<(String, String)> {
        let Some(Held::Object(members)) = self.held(setting) else {
            return Vec::new();
        };
        let text = |(name, value): (&String, &Value<Held>)| match value {
            Value::Value(Held::Text(text)) => Some((name.clone(), text.clone())),
            _ => None,
        };
        members.iter().filter_map(text).collect()
    }

    fn held(&self, setting: &Setting) -> Option<&Held> {
        let values = match (setting.of_chronograf, self.0.get(CHRONOGRAF)) {
            (false, _) => &self.0,
            (true, Some(Value::Value(Held::Object(values)))) => values,
            (true, _) => return None,
        };
        match values.get(setting.name) {
            Some(Value::Value(held)) => Some(held),
            _ => None,
        }
    }
}

fn has_unknown(values: &Values) -> bool {
    values.values().any(|value| match value {
        Value::Unknown => true,
        Value::Value(Held::Object(values)) => has_unknown(values),
        Value::Value(_) | Value::Null => false,
    })
}

/// What configuration and environment say of a setting, the configuration first.
#[derive(Clone, Copy)]
pub(super) struct Sources<'a> {
    pub(super) configuration: &'a Configuration,
    pub(super) environment: Environment<'a>,
}

impl Sources<'_> {
    /// The same without the environment, where a condition holds.
    pub(super) fn without_environment_if(self, condition: bool) -> Self {
        match condition {
            true => Sources {
                environment: NOTHING,
                ..self
            },
            false => self,
        }
    }

    /// A text; an empty one counts as not set, as the kapacitor command takes it.
    pub(super) fn text(&self, setting: &Setting) -> Option<String> {
        let configured = self.configuration.text(setting).map(str::to_owned);
        configured
            .or_else(|| self.variable(setting))
            .filter(|text| !text.is_empty())
    }

    /// A boolean.
    ///
    /// # Errors
    /// The environment variable holds another word.
    pub(super) fn flag(&self, setting: &Setting) -> Result<bool, ConfigurationError> {
        if let Some(Held::Flag(flag)) = self.configuration.held(setting) {
            return Ok(*flag);
        }
        let Some(word) = self.variable(setting).filter(|word| !word.is_empty()) else {
            return Ok(false);
        };
        boolean(&word).ok_or_else(|| {
            let variable = setting.variable.unwrap_or_default();
            let detail = format!("The environment variable {variable} is not a boolean. Set it to `true` or `false`.");
            wrong(setting, detail)
        })
    }

    /// A whole number.
    ///
    /// # Errors
    /// It is none, or smaller than the least one.
    pub(super) fn count(&self, setting: &Setting) -> Result<u64, ConfigurationError> {
        let SettingKind::Count { least, default } = setting.kind else {
            return Err(wrong(setting, format!("`{}` is not a number.", setting.name)));
        };
        let (source, wanted) = match self.configuration.held(setting) {
            Some(Held::Count(count)) => (format!("`{}`", setting.name), count.whole()),
            Some(_) => (format!("`{}`", setting.name), None),
            None => match self.variable(setting).filter(|text| !text.is_empty()) {
                None => return Ok(default),
                Some(text) => (
                    format!(
                        "The environment variable {}, which stands for `{}`,",
                        setting.variable.unwrap_or_default(),
                        setting.name
                    ),
                    text.trim().parse().ok(),
                ),
            },
        };
        let count = wanted.and_then(|count| u64::try_from(count).ok());
        count.filter(|count| *count >= least).ok_or_else(|| {
            let detail =
                format!("{source} must be a whole number of at least {least}, without a unit and without a fraction.");
            wrong(setting, detail)
        })
    }

    fn variable(&self, setting: &Setting) -> Option<String> {
        (self.environment)(setting.variable?)
    }
}

/// What is wrong with a setting.
pub(super) fn wrong(setting: &Setting, detail: impl Into<String>) -> ConfigurationError {
    ConfigurationError {
        attribute: setting.path(),
        detail: detail.into(),
    }
}

/// The words that Go's `strconv.ParseBool`, and so the kapacitor command, takes for booleans.
fn boolean(word: &str) -> Option<bool> {
    match word {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// A token as people copy it: with a line break at its end, or with the word that stands before it in the header.
pub(super) fn bearer_token(given: &str) -> Secret {
    let token = given.trim();
    let rest = match token.get(.."Bearer ".len()) {
        Some(word) if word.eq_ignore_ascii_case("Bearer ") => &token["Bearer ".len()..],
        _ => token,
    };
    Secret::new(rest.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_value_anywhere_is_not_yet_known() {
        let text = |text: &str| Value::Value(Held::Text(text.to_owned()));
        let object = |name: &str, value| Value::Value(Held::Object([(name.to_owned(), value)].into()));
        for (name, unknown) in [
            ("url", Value::Unknown),
            ("timeout", Value::Unknown),
            ("headers", object("X", Value::Unknown)),
            (CHRONOGRAF, Value::Unknown),
            (CHRONOGRAF, object("url", Value::Unknown)),
        ] {
            let given = Values::from([("token".to_owned(), text("t")), (name.to_owned(), unknown)]);
            // As Terraform sends it.
            let sent = rmp_serde::to_vec_named(&given).unwrap();
            let configuration: Configuration = rmp_serde::from_slice(&sent).unwrap();
            assert!(configuration.has_unknown(), "{name}");
        }
        let known = Configuration([("url".to_owned(), text("u")), ("token".to_owned(), Value::Null)].into());
        assert!(!known.has_unknown());
    }
}
