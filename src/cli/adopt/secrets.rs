//! Secrets of the adopted objects: each is one variable, however many objects use it.

use super::index::Index;
use super::names::Names;
use super::output::hcl;
use super::output::hcl::Block;
use super::output::hcl::Expression;
use serde_json::{Map, Value as Json};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Names that Terraform lets no variable have.
const RESERVED: [&str; 8] = [
    "count",
    "depends_on",
    "for_each",
    "lifecycle",
    "locals",
    "providers",
    "source",
    "version",
];

/// What the variable of a webhook is called: those of rules, endpoints, scripts and handlers are often the same one.
const WEBHOOK: &str = "webhook_url";

/// A secret, and where it is used.
#[derive(Debug, Clone)]
struct Secret {
    value: Json,
    /// What holds it, such as `webhook_url`.
    holder: String,
    /// The names of the objects that use it.
    users: BTreeSet<String>,
}

/// The secrets that were found, in the order in which they were.
#[derive(Debug, Default)]
pub(super) struct Found {
    secrets: Vec<Secret>,
    by_value: HashMap<Json, usize>,
}

impl Found {
    /// Notes that an object uses a secret, a text or a map of texts, in what is called `holder`.
    pub(super) fn note(&mut self, value: &Json, holder: &str, user: &str) {
        let next = self.secrets.len();
        let index = *self.by_value.entry(value.clone()).or_insert(next);
        if index == next {
            let is_url = value.as_str().is_some_and(|text| text.contains("://"));
            let holder = if is_url { WEBHOOK } else { holder };
            self.secrets.push(Secret {
                value: value.clone(),
                holder: holder.to_owned(),
                users: BTreeSet::new(),
            });
        }
        self.secrets[index].users.insert(user.to_owned());
    }

    /// Gives each secret a name: that of what holds it, with the object's if there is only one.
    pub(super) fn named(self) -> Variables {
        let mut names = Names::without(&RESERVED);
        let mut variables = Variables::default();
        let found = self.with_shared_maps_split();
        for secret in found.secrets {
            let mut users = secret.users.iter();
            let wanted = match (users.next(), users.next()) {
                (Some(only), None) => format!("{only}_{}", secret.holder),
                _ => secret.holder.clone(),
            };
            for text in texts(&secret.value) {
                variables.index.add(text);
            }
            let next = variables.variables.len();
            variables.by_value.insert(secret.value.clone(), next);
            variables.variables.push(Variable {
                name: names.next(&wanted, "secret"),
                users: secret.users.len(),
                holder: secret.holder,
                value: secret.value,
            });
        }
        variables
    }

    /// A map is one variable, unless one of its texts is a secret elsewhere too: then each of them is one.
    fn with_shared_maps_split(self) -> Found {
        let mut seen = HashSet::new();
        let all = self.secrets.iter().flat_map(|secret| texts(&secret.value));
        let shared: HashSet<String> = all.filter(|text| !seen.insert(*text)).map(str::to_owned).collect();
        let mut found = Found::default();
        for secret in self.secrets {
            let members = match &secret.value {
                Json::Object(members) if texts(&secret.value).iter().any(|text| shared.contains(*text)) => {
                    members.clone()
                }
                _ => Map::from_iter([(secret.holder.clone(), secret.value.clone())]),
            };
            for (holder, value) in members {
                for user in &secret.users {
                    found.note(&value, &holder, user);
                }
            }
        }
        found
    }
}

#[derive(Debug)]
struct Variable {
    name: String,
    value: Json,
    holder: String,
    users: usize,
}

/// The secrets with their names.
#[derive(Debug, Default)]
pub(super) struct Variables {
    variables: Vec<Variable>,
    by_value: HashMap<Json, usize>,
    index: Index,
}

impl Variables {
    /// The variable of a secret, or the map of variables, if it was noted.
    pub(super) fn reference(&self, value: &Json) -> Option<Expression> {
        if let Some(address) = self.address(value) {
            return Some(Expression::Reference(address));
        }
        let members = value.as_object()?.iter();
        let members = members.map(|(key, value)| {
            // A map of marked texts is another one to Terraform than a marked map, which is what an import gives.
            let address = self.address(value)?;
            Some((key.clone(), Expression::Reference(format!("nonsensitive({address})"))))
        });
        let members: Option<Vec<(String, Expression)>> = members.collect();
        members.map(Expression::SensitiveObject)
    }

    /// What a secret's variable is called in an expression.
    pub(super) fn address(&self, value: &Json) -> Option<String> {
        let variable = self.variables.get(*self.by_value.get(value)?)?;
        Some(format!("var.{}", variable.name))
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.variables.len()
    }

    /// Those of them that can be looked for in other texts.
    pub(super) fn index(&self) -> &Index {
        &self.index
    }

    /// The `variable` blocks, without values.
    pub(super) fn blocks(&self) -> Vec<Block> {
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
                    Expression::Text(format!("{}: used by {used}.", variable.holder)),
                )
        };
        self.variables.iter().map(block).collect()
    }

    /// The values, as a file of variables.
    pub(super) fn values(&self) -> String {
        let variables = self.variables.iter();
        hcl::attributes(variables.map(|variable| (variable.name.clone(), written(&variable.value))))
    }
}

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
    use serde_json::json;

    fn name(variables: &Variables, value: &str) -> String {
        variables.address(&value.into()).unwrap()
    }

    #[test]
    fn a_secret_is_one_variable_however_often_it_is_used() {
        let mut found = Found::default();
        for user in ["cpu", "disk"] {
            found.note(&"https://hook/1".into(), "url", user);
        }
        found.note(&"https://hook/2".into(), "webhook_url", "mem");
        found.note(&"https://hook/3".into(), "webhook_url", "mem");
        let variables = found.named();
        assert_eq!(name(&variables, "https://hook/1"), "var.webhook_url");
        assert_eq!(name(&variables, "https://hook/2"), "var.mem_webhook_url");
        assert_eq!(name(&variables, "https://hook/3"), "var.mem_webhook_url_2");
        assert_eq!(variables.reference(&"other".into()), None);
        assert_eq!(variables.len(), 3);
    }

    #[test]
    fn a_map_is_one_variable_unless_a_text_of_it_is_a_secret_elsewhere_too() {
        let (alone, shared) = (
            json!({ "A": "1", "B": "2" }),
            json!({ "hook": "https://hook/1", "C": "3" }),
        );
        let mut found = Found::default();
        found.note(&alone, "headers", "cpu");
        found.note(&alone, "headers", "disk");
        found.note(&shared, "secrets", "mem");
        found.note(&"https://hook/1".into(), "url", "cpu");
        let variables = found.named();
        assert_eq!(
            variables.reference(&alone),
            Some(Expression::Reference("var.headers".to_owned()))
        );
        let member = |key: &str, variable: &str| {
            let reference = format!("nonsensitive({variable})");
            (key.to_owned(), Expression::Reference(reference))
        };
        assert_eq!(
            variables.reference(&shared),
            Some(Expression::SensitiveObject(vec![
                member("hook", "var.webhook_url"),
                member("C", "var.mem_c")
            ]))
        );
        assert_eq!(name(&variables, "https://hook/1"), "var.webhook_url");
        assert_eq!(variables.len(), 3);
    }

    #[test]
    fn values_stand_in_the_file_of_values_alone() {
        let mut found = Found::default();
        found.note(&"s3cret${t}".into(), "token", "cpu");
        found.note(&json!({ "X-Key": "0123456789" }), "sensitive_headers", "cpu");
        let variables = found.named();
        assert_eq!(
            variables.values(),
            "cpu_token = \"s3cret$${t}\"\ncpu_sensitive_headers = {\n  X-Key = \"0123456789\"\n}\n"
        );
        let blocks = hcl::file("", &variables.blocks());
        assert!(!variables.index().is_in(&blocks), "{blocks}");
        assert!(blocks.contains("variable \"cpu_token\" {\n"), "{blocks}");
        assert!(blocks.contains("map(string)"), "{blocks}");
        assert!(variables.index().is_in("a message with 0123456789 in it"));
    }
}
