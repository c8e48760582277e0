//! Scripts without their texts: each is replaced by a fingerprint, so that a change shows and the text does not.
//!
//! What is shown is decided by where it stands in the syntax tree, never by searching the text. A text may hold a secret
//! wherever it stands, so only what names the data is shown: databases, measurements, fields, tags and the tags' values.

mod places;
mod script_secrets;
mod secret_places;
mod vars;

use std::collections::{BTreeMap, BTreeSet};
use std::mem::take;

use self::places::{
    holds_url, is_shown, lambda_place, place_of_variable, places_of_call, small_first, Place, ALERT_PROPERTIES,
    DATA_CALLS, NAMING_CALLS,
};
use crate::rule::Rule;
use crate::secret::names::is_secret_name;
use crate::secret::Key;
use crate::tickscript::{self, ast};
use ast::{Binary, Call, Chain, ChainOperator, Comment, Expression, Member, Operator, Program, Quotes, Statement};

pub use self::script_secrets::{script_secrets, secret_variables};
pub use self::secret_places::{secret_places, SecretPlace};
pub use self::vars::{redact_var, written_duration};

impl Rule {
    /// The rule's script with every text replaced by a fingerprint: what [`redact_script`] makes of it.
    pub fn redacted_tickscript(&self, key: &Key) -> String {
        redacted(self.program.clone(), key).0
    }

    /// The key of fingerprints for a rule that has none yet: the same whenever it is made.
    pub fn fingerprint_key(&self) -> Key {
        let secrets = self.secrets();
        Key::derived(secrets.iter().map(String::as_str), [self.script.as_str()])
    }
}

/// A script with every text replaced by a fingerprint, such as `hmac:1a2b3c4d`; for scripts that were edited by hand too.
///
/// Shown are the script's structure, numbers and durations, and the texts that name databases, retention policies,
/// measurements, fields, tags and the values that tags are compared with, but for tags whose names speak of secrets and for
/// texts that hold a URL. A comment is replaced as a whole, and so is a script that does not parse.
pub fn redact_script(script: &str, key: &Key) -> String {
    match tickscript::parse(script) {
        Ok(program) => redacted(program, key).0,
        Err(_) => format!(
            "// This script does not parse, so only its fingerprint is shown: {}\n",
            key.fingerprint(script)
        ),
    }
}

/// The redacted script, and how many steps it took.
fn redacted(mut program: Program, key: &Key) -> (String, usize) {
    let mut redaction = Redaction {
        key,
        tainted: BTreeSet::new(),
        steps: 0,
    };
    let hidden = redaction.secret_variables(&program);
    redaction.program(&mut program, &hidden);
    (program.to_string(), redaction.steps)
}

struct Redaction<'a> {
    key: &'a Key,
    /// Variables that a secret is taken from and that are still to be followed.
    tainted: BTreeSet<String>,
    steps: usize,
}

impl Redaction<'_> {
    fn program(&mut self, program: &mut Program, hidden: &BTreeSet<String>) {
        for comment in &mut program.trailing {
            self.lone_comment(comment);
        }
        for statement in &mut program.statements {
            match statement {
                Statement::Variable(variable) => {
                    self.comment(&mut variable.comment);
                    self.comment(&mut variable.name.comment);
                    let name = variable.name.name.as_str();
                    let place = match hidden.contains(name) {
                        true => Place::Text,
                        false => place_of_variable(name),
                    };
                    self.expression(&mut variable.value, place);
                }
                Statement::TypedVariable(variable) => {
                    self.comment(&mut variable.comment);
                    self.comment(&mut variable.name.comment);
                    self.comment(&mut variable.kind.comment);
                }
                Statement::Dbrp(dbrp) => {
                    self.comment(&mut dbrp.comment);
                    self.name(&mut dbrp.database);
                    self.name(&mut dbrp.retention_policy);
                }
                Statement::Expression(value) => self.expression(value, Place::Text),
            }
        }
    }

    /// The variables that secrets are taken from, and those that these are made of in turn.
    fn secret_variables(&mut self, program: &Program) -> BTreeSet<String> {
        let mut declarations: BTreeMap<&str, Vec<&Expression>> = BTreeMap::new();
        for statement in &program.statements {
            let value = match statement {
                Statement::Variable(variable) => {
                    declarations
                        .entry(&variable.name.name)
                        .or_default()
                        .push(&variable.value);
                    &variable.value
                }
                Statement::Expression(value) => value,
                Statement::TypedVariable(_) | Statement::Dbrp(_) => continue,
            };
            self.taint(value, false);
        }
        let mut hidden = BTreeSet::new();
        while let Some(name) = self.tainted.pop_first() {
            // Taking a declaration out keeps one that is made of itself from being followed for ever.
            for value in declarations.remove(name.as_str()).unwrap_or_default() {
                self.taint(value, true);
            }
            hidden.insert(name);
        }
        hidden
    }

    /// Notes the variables from which a place that may hold a secret is filled.
    fn taint(&mut self, value: &Expression, secret: bool) {
        self.steps += 1;
        match value {
            Expression::Identifier(identifier) if secret => {
                self.tainted.insert(identifier.name.clone());
            }
            Expression::List(list) => list.items.iter().for_each(|item| self.taint(item, secret)),
            Expression::Call(call) => call.arguments.iter().for_each(|argument| self.taint(argument, secret)),
            Expression::Unary(unary) => self.taint(&unary.operand, secret),
            Expression::Binary(binary) => {
                self.taint(&binary.first, secret);
                binary
                    .rest
                    .iter()
                    .for_each(|operation| self.taint(&operation.operand, secret));
            }
            Expression::Lambda(lambda) => self.taint(&lambda.expression, secret),
            Expression::Chain(chain) => {
                let calls = chain.links.iter().filter_map(|link| link.member.call());
                for call in chain.head.call().into_iter().chain(calls) {
                    let name = small_first(&call.name);
                    let known = DATA_CALLS.contains(&name.as_str())
                        || NAMING_CALLS.contains(&name.as_str())
                        || ALERT_PROPERTIES.contains(&name.as_str());
                    // The chain itself is a pipeline, which is no text: only what its calls take counts.
                    let secret = !known || is_secret_name(&name);
                    call.arguments.iter().for_each(|argument| self.taint(argument, secret));
                }
            }
            _ => {}
        }
    }

    fn expression(&mut self, value: &mut Expression, place: Place) {
        self.steps += 1;
        match value {
            Expression::Number(number) => self.comment(&mut number.comment),
            Expression::Duration(duration) => self.comment(&mut duration.comment),
            Expression::Bool(boolean) => self.comment(&mut boolean.comment),
            Expression::String(string) => {
                self.comment(&mut string.comment);
                if !is_shown(&string.value, place) {
                    string.value = self.fingerprint(&string.value);
                    string.quotes = Quotes::Single;
                }
            }
            Expression::Regex(regex) => {
                self.comment(&mut regex.comment);
                if place != Place::Data || holds_url(&regex.literal) {
                    regex.literal = self.fingerprint(&regex.literal);
                }
            }
            Expression::Star(star) => self.comment(&mut star.comment),
            Expression::Reference(reference) => {
                self.comment(&mut reference.comment);
                self.name(&mut reference.name);
            }
            Expression::Identifier(identifier) => self.comment(&mut identifier.comment),
            Expression::List(list) => {
                self.comment(&mut list.comment);
                list.items.iter_mut().for_each(|item| self.expression(item, place));
            }
            Expression::Call(call) => self.call(call, Place::Text, Place::Text),
            Expression::Unary(unary) => {
                self.comment(&mut unary.comment);
                self.expression(&mut unary.operand, place);
            }
            Expression::Binary(binary) => self.binary(binary, place),
            Expression::Lambda(lambda) => {
                self.comment(&mut lambda.comment);
                self.expression(&mut lambda.expression, lambda_place(place));
            }
            Expression::Chain(chain) => self.chain(chain),
        }
    }

    /// The value that a tag is compared with is shown, unless the tag's name says that it is secret.
    fn binary(&mut self, binary: &mut Binary, place: Place) {
        let compares = matches!(
            binary.rest.as_slice(),
            [operation] if matches!(
                operation.operator,
                Operator::Equal | Operator::NotEqual | Operator::RegexEqual | Operator::RegexNotEqual
            )
        );
        let reference = |value: &Expression| match value {
            Expression::Reference(reference) => Some(!is_secret_name(reference.name())),
            _ => None,
        };
        let named = reference(&binary.first)
            .or_else(|| binary.rest.first().and_then(|operation| reference(&operation.operand)));
        let place = match (place, compares, named) {
            (Place::Data, true, Some(true)) => Place::Data,
            (Place::Data, true, _) => Place::Text,
            // What is joined, such as two comparisons, is looked at for itself; a text among it compares with nothing.
            (place, ..) => place,
        };
        let of_operand = |value: &Expression| match (place, compares, value) {
            (Place::Data, false, Expression::String(_) | Expression::Regex(_)) => Place::Text,
            _ => place,
        };
        let first = of_operand(&binary.first);
        self.expression(&mut binary.first, first);
        for operation in &mut binary.rest {
            self.comment(&mut operation.comment);
            let place = of_operand(&operation.operand);
            self.expression(&mut operation.operand, place);
        }
    }

    fn call(&mut self, call: &mut Call, first: Place, others: Place) {
        self.comment(&mut call.comment);
        for (position, argument) in call.arguments.iter_mut().enumerate() {
            self.expression(argument, if position == 0 { first } else { others });
        }
    }

    fn chain(&mut self, chain: &mut Chain) {
        match &mut chain.head {
            Member::Identifier(identifier) => self.comment(&mut identifier.comment),
            Member::Call(call) => self.call(call, Place::Text, Place::Text),
        }
        // In an alert, and in a function that the user defined, a property of any name may take a secret.
        let mut takes_data = true;
        for link in &mut chain.links {
            self.comment(&mut link.comment);
            let call = match &mut link.member {
                Member::Identifier(identifier) => {
                    self.comment(&mut identifier.comment);
                    continue;
                }
                Member::Call(call) => call,
            };
            let name = small_first(&call.name);
            match link.operator {
                ChainOperator::Pipe => takes_data = !matches!(name.as_str(), "alert" | "deadman" | "httpPost"),
                ChainOperator::At => takes_data = false,
                ChainOperator::Dot => {}
            }
            let (first, others) = if takes_data {
                places_of_call(&name)
            } else {
                (Place::Text, Place::Text)
            };
            self.call(call, first, others);
        }
    }

    fn name(&mut self, name: &mut String) {
        if holds_url(name) {
            *name = self.fingerprint(name);
        }
    }

    fn comment(&mut self, comment: &mut Option<Comment>) {
        if let Some(comment) = comment {
            self.lone_comment(comment);
        }
    }

    /// What was commented out is a piece of a script, and what was noted may be anything.
    fn lone_comment(&mut self, comment: &mut Comment) {
        let lines: Vec<String> = take(&mut comment.blocks).into_iter().flatten().collect();
        comment.blocks = vec![vec![self.fingerprint(&lines.join("\n"))]];
    }

    fn fingerprint(&mut self, text: &str) -> String {
        self.steps += text.len();
        self.key.fingerprint(text)
    }
}

#[cfg(test)]
mod tests;
