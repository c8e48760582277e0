//! The secrets that a script holds, so that no error which quotes it shows them.

use std::collections::{BTreeMap, BTreeSet};

use crate::rule::handlers::KINDS;
use crate::secret::names::{is_secret_header, is_secret_name};
use crate::tickscript::ast::{Call, Expression, Program, Statement};
use crate::tickscript::{self, VisitMut};

/// What of a script no message may show: what is posted to, the values of headers, secret options of handlers, everything
/// that a name of secrets takes, and every URL. Of a script that does not parse, what looks like a URL.
pub fn script_secrets(script: &str) -> Vec<String> {
    let secrets = match tickscript::parse(script) {
        Ok(mut program) => {
            let found = Found::of(&mut program);
            found.urls.into_iter().chain(found.secrets.into_keys()).collect()
        }
        Err(_) => {
            let words = script.split(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '(' | ')'));
            words
                .filter(|word| word.contains("://"))
                .map(str::to_owned)
                .collect::<BTreeSet<String>>()
        }
    };
    secrets.into_iter().filter(|secret| !secret.is_empty()).collect()
}

/// The texts of a script that stand where it takes secrets, each with the name of what takes it: a call, a header or a variable.
pub(super) fn named_secrets(mut program: Program) -> BTreeMap<String, String> {
    let mut secrets = Found::of(&mut program).secrets;
    secrets.remove("");
    secrets
}

/// The variables of a script whose values it takes for secrets.
pub fn secret_variables(mut program: Program) -> BTreeSet<String> {
    Found::of(&mut program).variables.into_keys().collect()
}

#[derive(Default)]
struct Found {
    /// What stands where secrets are taken, with the name of what takes it.
    secrets: BTreeMap<String, String>,
    /// What holds a URL, wherever it stands.
    urls: BTreeSet<String>,
    /// The variables that secrets are taken from, with the name of what takes them.
    variables: BTreeMap<String, String>,
}

impl Found {
    fn of(program: &mut Program) -> Self {
        let mut found = Found::default();
        program.visit_mut(&mut found);
        found.follow(program);
        found
    }

    /// Takes the texts of the variables that secrets are made of, and of those that these are made of in turn.
    fn follow(&mut self, program: &Program) {
        let mut declarations: Vec<_> = program
            .statements
            .iter()
            .filter_map(|statement| match statement {
                Statement::Variable(variable) => Some((variable.name.name.as_str(), &variable.value)),
                _ => None,
            })
            .collect();
        for (name, value) in &declarations {
            if is_secret_name(name) {
                self.take(value, name);
            }
        }
        loop {
            let (due, later): (Vec<_>, Vec<_>) = declarations
                .into_iter()
                .partition(|(name, _)| self.variables.contains_key(*name));
            if due.is_empty() {
                return;
            }
            for (name, value) in due {
                let taken_by = self.variables[name].clone();
                self.take(value, &taken_by);
            }
            declarations = later;
        }
    }

    fn take(&mut self, value: &Expression, by: &str) {
        match value {
            Expression::String(string) => {
                self.secrets
                    .entry(string.value().to_owned())
                    .or_insert_with(|| by.to_owned());
            }
            Expression::Identifier(identifier) => {
                self.variables
                    .entry(identifier.name.clone())
                    .or_insert_with(|| by.to_owned());
            }
            Expression::List(list) => list.items.iter().for_each(|item| self.take(item, by)),
            Expression::Binary(binary) => {
                self.take(binary.first(), by);
                let operands = binary.rest().iter().map(|operation| &operation.operand);
                operands.for_each(|operand| self.take(operand, by));
            }
            _ => {}
        }
    }
}

impl VisitMut for Found {
    fn call(&mut self, call: &mut Call) {
        let secret_option = |name: &str| {
            let mut options = KINDS.iter().flat_map(|kind| kind.options);
            options.any(|option| option.secret && option.method() == name)
        };
        if call.name == "header" {
            let name = call.arguments.first().and_then(Expression::as_str);
            if name.is_none_or(is_secret_header) {
                let by = name.unwrap_or("header");
                let values = call.arguments.iter().skip(1);
                values.for_each(|argument| self.take(argument, by));
            }
        } else if matches!(call.name.as_str(), "post" | "httpPost")
            || is_secret_name(&call.name)
            || secret_option(&call.name)
        {
            let arguments = call.arguments.iter();
            arguments.for_each(|argument| self.take(argument, &call.name));
        }
    }

    fn expression(&mut self, expression: &mut Expression) {
        if let Expression::String(string) = expression {
            if string.value().contains("://") {
                self.urls.insert(string.value().to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::script_secrets;

    #[test]
    fn secrets_are_found_where_they_stand_and_in_the_variables_they_come_from() {
        let script = "var key = 's3cret'\nvar url = 'host/' + key\nvar token = 't0ken'\nvar message = 'shown'\n\
                      stream|from()|alert().message(message).post(url).header('X-Key', 'k3y').header('Accept', 'json')\
                      .alerta().token('4lerta').resource('r').exec('curl', 'ftp://host/x').email('a@b')\n";
        assert_eq!(
            script_secrets(script),
            ["4lerta", "ftp://host/x", "host/", "k3y", "s3cret", "t0ken"]
        );
    }

    #[test]
    fn a_script_that_does_not_parse_still_gives_its_urls() {
        assert_eq!(
            script_secrets("stream|alert().post('https://host/key'"),
            ["https://host/key"]
        );
    }
}
