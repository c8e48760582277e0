//! Secrets of the adopted objects: each is one variable, however many objects use it.

use super::hcl::{self, Block, Expression};
use super::names::Names;
use serde_json::Value as Json;
use std::collections::{BTreeSet, HashMap};

/// A secret, and where it is used.
#[derive(Debug)]
struct Secret {
    value: Json,
    /// The attribute that holds it, such as `webhook_url`.
    attribute: String,
    /// The names of the objects that use it.
    users: BTreeSet<String>,
}

/// The secrets that were found, in the order in which they were.
#[derive(Debug, Default)]
pub struct Found {
    secrets: Vec<Secret>,
    by_value: HashMap<Json, usize>,
}

impl Found {
    /// Notes that an object uses a secret, a text or a map of texts, in an attribute.
    pub fn note(&mut self, value: &Json, attribute: &str, user: &str) {
        let next = self.secrets.len();
        let index = *self.by_value.entry(value.clone()).or_insert(next);
        if index == next {
            self.secrets.push(Secret {
                value: value.clone(),
                attribute: attribute.to_owned(),
                users: BTreeSet::new(),
            });
        }
        self.secrets[index].users.insert(user.to_owned());
    }

    /// Gives each secret a name: that of its attribute, with the object's if there is only one.
    pub fn named(self) -> Variables {
        let mut names = Names::default();
        let variables = self.secrets.into_iter().map(|secret| {
            let mut users = secret.users.iter();
            let wanted = match (users.next(), users.next()) {
                (Some(only), None) => format!("{only}_{}", secret.attribute),
                _ => secret.attribute.clone(),
            };
            Variable {
                name: names.next(&wanted, "secret"),
                users: secret.users.len(),
                attribute: secret.attribute,
                value: secret.value,
            }
        });
        let variables: Vec<Variable> = variables.collect();
        Variables {
            by_value: self.by_value,
            variables,
        }
    }
}

#[derive(Debug)]
struct Variable {
    name: String,
    value: Json,
    attribute: String,
    users: usize,
}

/// The secrets with their names.
#[derive(Debug)]
pub struct Variables {
    variables: Vec<Variable>,
    by_value: HashMap<Json, usize>,
}

impl Variables {
    /// The variable of a secret, if it was noted.
    pub fn reference(&self, value: &Json) -> Option<Expression> {
        let variable = self.variables.get(*self.by_value.get(value)?)?;
        Some(Expression::Reference(format!("var.{}", variable.name)))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.variables.len()
    }

    /// The `variable` blocks, without values.
    pub fn blocks(&self) -> Vec<Block> {
        let block = |variable: &Variable| {
            let used = match variable.users {
                1 => "one object".to_owned(),
                users => format!("{users} objects"),
            };
            Block::new("variable", &[&variable.name])
                .with("type", Expression::Reference(variable.type_name().to_owned()))
                .with("sensitive", Expression::Boolean(true))
                .with(
                    "description",
                    Expression::Text(format!("{}: used by {used}.", variable.attribute)),
                )
        };
        self.variables.iter().map(block).collect()
    }

    /// The values, as a file of variables.
    pub fn values(&self) -> String {
        let variables = self.variables.iter();
        hcl::attributes(variables.map(|variable| (variable.name.clone(), written(&variable.value))))
    }

    /// Whether a text holds a secret. Of short ones nobody can tell: `prod` may be a password and is a word.
    pub fn are_in(&self, text: &str) -> bool {
        let texts = self.variables.iter().flat_map(|variable| texts(&variable.value));
        texts
            .into_iter()
            .any(|secret| secret.len() >= SHORTEST && text.contains(secret))
    }
}

/// The shortest text that is looked for in others.
const SHORTEST: usize = 8;

impl Variable {
    fn type_name(&self) -> &'static str {
        match self.value {
            Json::Object(_) => "map(string)",
            _ => "string",
        }
    }
}

fn written(value: &Json) -> Expression {
    match value {
        Json::Object(members) => {
            let members = members.iter().map(|(key, value)| (key.clone(), written(value)));
            Expression::Object(members.collect())
        }
        value => value.as_str().unwrap_or_default().into(),
    }
}

fn texts(value: &Json) -> Vec<&str> {
    match value {
        Json::Object(members) => members.values().flat_map(texts).collect(),
        value => value.as_str().into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_one_variable_however_often_it_is_used() {
        let mut found = Found::default();
        for user in ["cpu", "disk"] {
            found.note(&"https://hook/1".into(), "webhook_url", user);
        }
        found.note(&"https://hook/2".into(), "webhook_url", "mem");
        found.note(&"https://hook/3".into(), "webhook_url", "mem");
        let variables = found.named();
        let name = |value: &str| match variables.reference(&value.into()) {
            Some(Expression::Reference(reference)) => reference,
            other => panic!("{other:?}"),
        };
        assert_eq!(name("https://hook/1"), "var.webhook_url");
        assert_eq!(name("https://hook/2"), "var.mem_webhook_url");
        assert_eq!(name("https://hook/3"), "var.mem_webhook_url_2");
        assert_eq!(variables.reference(&"other".into()), None);
        assert_eq!(variables.len(), 3);
    }

    #[test]
    fn values_stand_in_the_file_of_values_alone() {
        let mut found = Found::default();
        found.note(&"s3cret${t}".into(), "token", "cpu");
        found.note(
            &serde_json::json!({ "X-Key": "0123456789" }),
            "sensitive_headers",
            "cpu",
        );
        let variables = found.named();
        assert_eq!(
            variables.values(),
            "cpu_token = \"s3cret$${t}\"\ncpu_sensitive_headers = {\n  X-Key = \"0123456789\"\n}\n"
        );
        let blocks = hcl::file("", &variables.blocks());
        assert!(!variables.are_in(&blocks), "{blocks}");
        assert!(blocks.contains("variable \"cpu_token\" {\n"), "{blocks}");
        assert!(blocks.contains("map(string)"), "{blocks}");
        assert!(variables.are_in("a message with 0123456789 in it") && !variables.are_in("a message"));
    }
}
