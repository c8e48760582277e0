//! The secrets that a script holds, so that no error which quotes it shows them.

use std::collections::BTreeSet;

use crate::rule::handlers::KINDS;
use crate::secret::names::{is_secret_header, is_secret_name};
use crate::tickscript::ast::{Call, Expression, Program, Statement};
use crate::tickscript::{self, VisitMut};

/// What of a script no message may show: what is posted to, the values of headers, secret options of handlers, everything
/// that a name of secrets takes, and every URL. Of a script that does not parse, what looks like a URL.
pub fn script_secrets(script: &str) -> Vec<String> {
    let mut found = Found::default();
    match tickscript::parse(script) {
        Ok(mut program) => {
            program.visit_mut(&mut found);
            found.follow(&program);
        }
        Err(_) => {
            let words = script.split(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '(' | ')'));
            found
                .secrets
                .extend(words.filter(|word| word.contains("://")).map(str::to_owned));
        }
    }
    found.secrets.into_iter().filter(|secret| !secret.is_empty()).collect()
}

#[derive(Default)]
struct Found {
    secrets: BTreeSet<String>,
    /// The variables that secrets are taken from.
    variables: BTreeSet<String>,
}

impl Found {
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
                self.take(value);
            }
        }
        loop {
            let (due, later): (Vec<_>, Vec<_>) = declarations
                .into_iter()
                .partition(|(name, _)| self.variables.contains(*name));
            if due.is_empty() {
                return;
            }
            due.into_iter().for_each(|(_, value)| self.take(value));
            declarations = later;
        }
    }

    fn take(&mut self, value: &Expression) {
        match value {
            Expression::String(string) => {
                self.secrets.insert(string.value().to_owned());
            }
            Expression::Identifier(identifier) => {
                self.variables.insert(identifier.name.clone());
            }
            Expression::List(list) => list.items.iter().for_each(|item| self.take(item)),
            Expression::Binary(binary) => {
                self.take(binary.first());
                binary.rest().iter().for_each(|operation| self.take(&operation.operand));
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
                call.arguments.iter().skip(1).for_each(|argument| self.take(argument));
            }
        } else if matches!(call.name.as_str(), "post" | "httpPost")
            || is_secret_name(&call.name)
            || secret_option(&call.name)
        {
            call.arguments.iter().for_each(|argument| self.take(argument));
        }
    }

    fn expression(&mut self, expression: &mut Expression) {
        if let Expression::String(string) = expression {
            if string.value().contains("://") {
                self.secrets.insert(string.value().to_owned());
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
