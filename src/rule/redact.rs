//! Scripts without their secrets: each is replaced by a short hash, so that a change shows and the secret does not.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::handlers::{HandlerKind, KINDS};
use super::Rule;
use crate::tickscript::{self, ast};
use ast::{Call, Chain, Comment, Expression, Member, Program, Quotes, Statement, StringLiteral};

/// Headers whose values are no secrets, in small letters. All others are taken for secrets.
const HARMLESS_HEADERS: &[&str] = &[
    "accept",
    "accept-charset",
    "accept-encoding",
    "content-encoding",
    "content-type",
    "user-agent",
];

/// Parts of the names of properties, in small letters, whose values are taken for secrets where the handler is unknown.
const SECRET_NAMES: &[&str] = &["token", "password", "secret", "apikey", "accesskey", "credential"];

/// The shortest secret that is looked for outside of its place too, in bytes.
const UNMISTAKABLE: usize = 12;

/// Whether the value of a header of that name may be a secret, so that it must not be shown unasked.
pub fn is_secret_header(name: &str) -> bool {
    !HARMLESS_HEADERS.contains(&name.to_ascii_lowercase().as_str())
}

impl Rule {
    /// The rule's script with every secret replaced by a short hash: what [`redact_script`] makes of it.
    pub fn redacted_tickscript(&self) -> String {
        redacted(self.program.clone())
    }
}

/// A script with every secret replaced by a short hash, such as `sha256:1a2b3c4d`; for scripts that were edited by hand too.
///
/// Secrets are: what is posted to (`.post(…)`, `|httpPost(…)`), the values of headers but for a few harmless ones, the
/// secret options of handlers, properties whose names speak of tokens, passwords or secrets, and the variables that any of
/// these is taken from; every text that is an http(s) URL, and every such URL within a handler's texts. Comments lose
/// their URLs and what stands in single quotes. A script that does not parse is replaced as a whole.
pub fn redact_script(script: &str) -> String {
    match tickscript::parse(script) {
        Ok(program) => redacted(program),
        Err(_) => format!(
            "// This script does not parse, so only its hash is shown: {}\n",
            hash(script)
        ),
    }
}

fn redacted(mut program: Program) -> String {
    let mut redaction = Redaction::default();
    redaction.program(&mut program);
    redaction.secret_variables(&mut program);
    redaction.everywhere(program.to_string())
}

/// What stands for a secret: enough of its SHA-256 to see a change.
pub(super) fn hash(secret: &str) -> String {
    let digest = Sha256::digest(secret.as_bytes());
    let start: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{start}")
}

/// How a value is to be treated.
#[derive(Clone, Copy, PartialEq)]
enum Treatment {
    /// A text that is a URL is a secret.
    Plain,
    /// Every URL in a text is a secret.
    InHandler,
    /// Every text is a secret.
    Secret,
}

#[derive(Default)]
struct Redaction {
    /// Variables that a secret is taken from and that are still to be redacted.
    variables: BTreeSet<String>,
    /// The secrets that were found, but for those so short that they may be ordinary words.
    secrets: BTreeSet<String>,
}

impl Redaction {
    fn program(&mut self, program: &mut Program) {
        program.trailing.iter_mut().for_each(redact_comment);
        for statement in &mut program.statements {
            match statement {
                Statement::Variable(variable) => {
                    redact_optional(&mut variable.comment);
                    redact_optional(&mut variable.name.comment);
                    self.expression(&mut variable.value, Treatment::Plain);
                }
                Statement::TypedVariable(variable) => {
                    redact_optional(&mut variable.comment);
                    redact_optional(&mut variable.name.comment);
                    redact_optional(&mut variable.kind.comment);
                }
                Statement::Dbrp(dbrp) => redact_optional(&mut dbrp.comment),
                Statement::Expression(value) => self.expression(value, Treatment::Plain),
            }
        }
    }

    /// Redacts the variables that secrets are taken from, and those that these are made of in turn.
    fn secret_variables(&mut self, program: &mut Program) {
        let mut declarations: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, statement) in program.statements.iter().enumerate() {
            if let Statement::Variable(variable) = statement {
                declarations.entry(variable.name.name.clone()).or_default().push(index);
            }
        }
        while let Some(name) = self.variables.pop_first() {
            // Taking a declaration out keeps one that is made of itself from being followed for ever.
            for index in declarations.remove(&name).unwrap_or_default() {
                if let Some(Statement::Variable(variable)) = program.statements.get_mut(index) {
                    self.expression(&mut variable.value, Treatment::Secret);
                }
            }
        }
    }

    fn string(&mut self, string: &mut StringLiteral, treatment: Treatment) {
        redact_optional(&mut string.comment);
        let redacted = match treatment {
            Treatment::Secret if string.value.is_empty() => return,
            Treatment::Secret => hash(&string.value),
            Treatment::InHandler => without_urls(&string.value),
            Treatment::Plain if is_url(&string.value) => hash(&string.value),
            Treatment::Plain => return,
        };
        if redacted == string.value {
            return;
        }
        let secret = std::mem::replace(&mut string.value, redacted);
        if secret.len() >= UNMISTAKABLE {
            self.secrets.insert(secret);
        }
        if !string.quotes.can_hold(&string.value) {
            string.quotes = Quotes::Single;
        }
    }

    /// The text without the secrets that were found, wherever else they stand: a message may repeat a webhook's URL.
    fn everywhere(&self, script: String) -> String {
        self.secrets
            .iter()
            .fold(script, |script, secret| script.replace(secret, &hash(secret)))
    }

    fn expression(&mut self, value: &mut Expression, treatment: Treatment) {
        match value {
            Expression::Number(number) => redact_optional(&mut number.comment),
            Expression::Duration(duration) => redact_optional(&mut duration.comment),
            Expression::Bool(boolean) => redact_optional(&mut boolean.comment),
            Expression::String(string) => self.string(string, treatment),
            Expression::Regex(regex) => redact_optional(&mut regex.comment),
            Expression::Star(star) => redact_optional(&mut star.comment),
            Expression::Reference(reference) => redact_optional(&mut reference.comment),
            Expression::Identifier(identifier) => {
                redact_optional(&mut identifier.comment);
                if treatment == Treatment::Secret {
                    self.variables.insert(identifier.name.clone());
                }
            }
            Expression::List(list) => {
                redact_optional(&mut list.comment);
                list.items.iter_mut().for_each(|item| self.expression(item, treatment));
            }
            Expression::Call(call) => self.call(call, treatment),
            Expression::Unary(unary) => {
                redact_optional(&mut unary.comment);
                self.expression(&mut unary.operand, treatment);
            }
            Expression::Binary(binary) => {
                self.expression(&mut binary.first, treatment);
                for operation in &mut binary.rest {
                    redact_optional(&mut operation.comment);
                    self.expression(&mut operation.operand, treatment);
                }
            }
            Expression::Lambda(lambda) => {
                redact_optional(&mut lambda.comment);
                self.expression(&mut lambda.expression, treatment);
            }
            Expression::Chain(chain) => self.chain(chain, treatment),
        }
    }

    fn call(&mut self, call: &mut Call, treatment: Treatment) {
        redact_optional(&mut call.comment);
        call.arguments
            .iter_mut()
            .for_each(|argument| self.expression(argument, treatment));
    }

    fn chain(&mut self, chain: &mut Chain, treatment: Treatment) {
        match &mut chain.head {
            Member::Identifier(identifier) => redact_optional(&mut identifier.comment),
            Member::Call(call) => self.call(call, treatment),
        }
        let mut handler = None;
        for link in &mut chain.links {
            redact_optional(&mut link.comment);
            let call = match &mut link.member {
                Member::Identifier(identifier) => {
                    redact_optional(&mut identifier.comment);
                    continue;
                }
                Member::Call(call) => call,
            };
            if link.operator == ast::ChainOperator::Pipe {
                handler = None;
            }
            self.property(call, &mut handler, treatment);
        }
    }

    /// Redacts the arguments of a call by what it sets, and keeps account of the handler that it belongs to.
    fn property(&mut self, call: &mut Call, handler: &mut Option<&'static HandlerKind>, outer: Treatment) {
        let name = small_first(&call.name);
        if name == "header" {
            return self.header(call, outer);
        }
        let option = handler.and_then(|kind| kind.options.iter().find(|option| option.method() == name));
        if option.is_none() {
            if let Some(kind) = KINDS.iter().find(|kind| kind.name == name) {
                *handler = Some(kind);
            }
        }
        let lower = name.to_ascii_lowercase();
        let treatment = match option {
            _ if outer == Treatment::Secret => Treatment::Secret,
            Some(option) if option.secret => Treatment::Secret,
            None if matches!(name.as_str(), "post" | "httpPost") => Treatment::Secret,
            None if SECRET_NAMES.iter().any(|part| lower.contains(part)) => Treatment::Secret,
            _ if handler.is_some() => Treatment::InHandler,
            _ => outer,
        };
        self.call(call, treatment);
    }

    fn header(&mut self, call: &mut Call, outer: Treatment) {
        redact_optional(&mut call.comment);
        let harmless = match call.arguments.first().and_then(Expression::as_str) {
            Some(name) => !is_secret_header(name),
            None => false,
        };
        let of_value = if harmless { outer } else { Treatment::Secret };
        for (position, argument) in call.arguments.iter_mut().enumerate() {
            self.expression(argument, if position == 0 { outer } else { of_value });
        }
    }
}

/// Kapacitor does not tell `.URL` and `.uRL` apart.
fn small_first(name: &str) -> String {
    let mut letters = name.chars();
    match letters.next() {
        Some(first) => first.to_ascii_lowercase().to_string() + letters.as_str(),
        None => String::new(),
    }
}

fn is_url(text: &str) -> bool {
    url_at(text.trim_start()) == Some(text.trim_start().trim_end().len())
}

/// The length of the URL that a text begins with.
fn url_at(text: &str) -> Option<usize> {
    let is_scheme = |scheme: &str| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    if !is_scheme("http://") && !is_scheme("https://") {
        return None;
    }
    Some(
        text.find(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '<' | '>'))
            .unwrap_or(text.len()),
    )
}

/// A text with each URL in it replaced by its hash.
fn without_urls(text: &str) -> String {
    let mut redacted = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = url_at(rest);
        let (taken, after) = rest.split_at(length.unwrap_or(first.len_utf8()));
        match length {
            Some(_) => redacted.push_str(&hash(taken)),
            None => redacted.push_str(taken),
        }
        rest = after;
    }
    redacted
}

fn redact_optional(comment: &mut Option<Comment>) {
    if let Some(comment) = comment {
        redact_comment(comment);
    }
}

/// A comment may hold a part of a script: URLs go, and so does what stands in single quotes.
fn redact_comment(comment: &mut Comment) {
    for line in comment.blocks.iter_mut().flatten() {
        let parts: Vec<String> = line
            .split('\'')
            .enumerate()
            .map(|(index, part)| {
                if index % 2 == 1 && !part.is_empty() {
                    hash(part)
                } else {
                    without_urls(part)
                }
            })
            .collect();
        *line = parts.join("'");
    }
}

#[cfg(test)]
mod tests {
    use super::{hash, redact_script};

    fn redacted(line: &str) -> String {
        redact_script(&format!("stream\n    |from()\n    |alert()\n        {line}\n"))
    }

    #[test]
    fn what_is_posted_to_is_replaced_by_its_hash() {
        let script = redacted(".post('https://api.squadcast.com/key123').header('Content-Type', 'application/json').header('X-Key', 'k456')");
        assert!(!script.contains("key123") && !script.contains("k456"), "{script}");
        assert!(
            script.contains(".header('Content-Type', 'application/json')"),
            "{script}"
        );
        assert!(
            script.contains(&format!(".post('{}')", hash("https://api.squadcast.com/key123"))),
            "{script}"
        );
        assert!(
            script.contains(&format!(".header('X-Key', '{}')", hash("k456"))),
            "{script}"
        );
    }

    #[test]
    fn a_change_of_a_secret_changes_what_is_shown() {
        assert_ne!(redacted(".post('https://a/1')"), redacted(".post('https://a/2')"));
    }

    #[test]
    fn secret_options_of_handlers_are_replaced_and_others_are_not() {
        let script = redacted(".alerta().token('t0ken').resource('r').victorOps().routingKey('team').teams().channelURL('https://x/secret')");
        assert!(!script.contains("t0ken") && !script.contains("secret"), "{script}");
        assert!(
            script.contains(".resource('r')") && script.contains(".routingKey('team')"),
            "{script}"
        );
    }

    #[test]
    fn handlers_that_no_rule_has_are_searched_too() {
        let script =
            redacted(".hipChat().room('r').token('t0ken').exec('/bin/notify', '--to=https://host/s3cret', 'x')");
        assert!(!script.contains("t0ken") && !script.contains("s3cret"), "{script}");
        assert!(script.contains("'--to=sha256:"), "{script}");
    }

    #[test]
    fn a_secret_is_followed_to_the_variables_that_it_is_made_of() {
        let script = redact_script(
            "var key = 's3cret'\nvar url = 'host/' + key\nvar other = 'shown'\nstream|from()|alert().post(url).message(other)\n",
        );
        assert!(!script.contains("s3cret") && !script.contains("host/"), "{script}");
        assert!(script.contains("'shown'"), "{script}");
    }

    #[test]
    fn comments_hold_no_secret() {
        let script = redact_script("// was https://host/s3cret\n// and .token('t0ken') before\nvar x = 1\n");
        assert!(!script.contains("s3cret") && !script.contains("t0ken"), "{script}");
        assert!(script.contains("before"), "{script}");
    }

    #[test]
    fn a_message_that_repeats_a_webhook_does_not_show_it() {
        let url = "https://api.squadcast.com/key123";
        let script = redact_script(&format!("stream|alert().message('see {url}').post('{url}')"));
        assert!(!script.contains("key123"), "{script}");
    }

    #[test]
    fn a_script_that_does_not_parse_is_not_shown() {
        let script = redact_script("stream|from( .post('s3cret'");
        assert!(!script.contains("s3cret") && script.contains("sha256:"), "{script}");
    }

    #[test]
    fn a_message_that_mentions_a_url_keeps_it() {
        let script = redact_script("var message = 'see https://wiki/page'\n");
        assert!(script.contains("https://wiki/page"), "{script}");
    }
}
