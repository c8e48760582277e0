//! Where the alerts of any script post to, and what their open incidents depend on.

use std::collections::BTreeMap;

use super::normal_form::{alert, nodes};
use crate::rule::Post;
use crate::tickscript::ast::{Call, Chain, ChainOperator, Expression, Program, Statement};

/// The texts of a script's variables, over which those of the task go.
type Texts = BTreeMap<String, String>;

/// The webhooks that the alerts of a script post to. `texts` are the values that the task has for vars of the script. None if
/// the script makes one of them of more than texts, so that only Kapacitor knows it.
pub fn script_posts(program: &Program, texts: &Texts) -> Option<Vec<Post>> {
    let texts = texts_of(program, texts);
    let mut posts = Vec::new();
    for chain in chains(program) {
        for handler in nodes(chain).1.iter().filter_map(alert).flat_map(|alert| alert.handlers) {
            if handler.call.name != "post" {
                continue;
            }
            let mut post = Post {
                url: None,
                endpoint: None,
                headers: BTreeMap::new(),
            };
            for url in &handler.call.arguments {
                post.url = Some(text(url, &texts)?);
            }
            for property in &handler.properties {
                let mut arguments = property.arguments.iter().map(|argument| text(argument, &texts));
                match property.name.as_str() {
                    "endpoint" => post.endpoint = Some(arguments.next()??),
                    "header" => {
                        post.headers.insert(arguments.next()??, arguments.next()??);
                    }
                    _ => {}
                }
            }
            posts.push(post);
        }
    }
    Some(posts)
}

/// What decides which alert an event of the script belongs to: the number of each alert's node, its id, and how data is grouped.
/// The state of open alerts outlives a change only if this stays.
pub fn alert_identities(program: &Program) -> Vec<String> {
    let declared: BTreeMap<&str, &Expression> = program.statements.iter().filter_map(declaration).collect();
    let mut identities = Vec::new();
    let mut number = 0;
    for chain in chains(program) {
        let head = chain.head.name();
        number += usize::from(head == "stream" || head == "batch");
        let mut is_alert = false;
        for link in &chain.links {
            let Some(call) = link.call() else { continue };
            if link.operator != ChainOperator::Dot {
                number += 1;
                is_alert = matches!(call.name.as_str(), "alert" | "deadman");
                if is_alert {
                    identities.push(format!("{}{number}", call.name));
                }
            }
            if call.name == "groupBy" || (is_alert && call.name == "id") {
                identities.push(resolved(call, &declared));
            }
        }
    }
    identities
}

fn resolved(call: &Call, declared: &BTreeMap<&str, &Expression>) -> String {
    let arguments = call.arguments.iter().map(|argument| {
        let value = argument.as_identifier().and_then(|name| declared.get(name).copied());
        value.unwrap_or(argument).to_string()
    });
    format!("{}({})", call.name, arguments.collect::<Vec<_>>().join(", "))
}

fn declaration(statement: &Statement) -> Option<(&str, &Expression)> {
    match statement {
        Statement::Variable(variable) => Some((&variable.name.name, &variable.value)),
        _ => None,
    }
}

fn chains(program: &Program) -> impl Iterator<Item = &Chain> {
    program.statements.iter().filter_map(|statement| match statement {
        Statement::Expression(Expression::Chain(chain)) => Some(&**chain),
        Statement::Variable(variable) => match &variable.value {
            Expression::Chain(chain) => Some(&**chain),
            _ => None,
        },
        _ => None,
    })
}

fn texts_of(program: &Program, given: &Texts) -> Texts {
    let mut texts = Texts::new();
    for (name, value) in program.statements.iter().filter_map(declaration) {
        if let Some(text) = text(value, &texts) {
            texts.insert(name.to_owned(), text);
        }
        if let Some(given) = given.get(name) {
            texts.insert(name.to_owned(), given.clone());
        }
    }
    let typed = given.iter().map(|(name, text)| (name.clone(), text.clone()));
    typed.for_each(|(name, text)| {
        texts.entry(name).or_insert(text);
    });
    texts
}

fn text(value: &Expression, texts: &Texts) -> Option<String> {
    match value {
        Expression::String(text) => Some(text.value().to_owned()),
        Expression::Identifier(identifier) => texts.get(&identifier.name).cloned(),
        Expression::Binary(binary) => {
            use crate::tickscript::ast::Operator;
            let mut whole = text(binary.first(), texts)?;
            for operation in binary.rest() {
                if operation.operator != Operator::Plus {
                    return None;
                }
                whole.push_str(&text(&operation.operand, texts)?);
            }
            Some(whole)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tickscript::parse;

    #[test]
    fn webhooks_are_found_by_literals_variables_and_what_is_joined_of_them() {
        let script = "var host = 'http://h/'\nvar key string\nvar url = host + 'fixed'\nstream|from()\
                      |alert().post(url).header('X-Key', key).endpoint('squadcast').slack()|alert().post(host + key)";
        let program = parse(script).unwrap();
        let given = Texts::from([("key".to_owned(), "k3y".to_owned())]);
        let posts = script_posts(&program, &given).unwrap();
        let urls: Vec<_> = posts.iter().map(|post| post.url.as_deref().unwrap()).collect();
        assert_eq!(urls, ["http://h/fixed", "http://h/k3y"]);
        assert_eq!(posts[0].endpoint.as_deref(), Some("squadcast"));
        assert_eq!(posts[0].headers["X-Key"], "k3y");
        assert_eq!(script_posts(&program, &Texts::new()), None);
    }

    #[test]
    fn a_threshold_is_no_part_of_an_alerts_identity_and_its_id_and_place_are() {
        let identities = |script: &str| alert_identities(&parse(script).unwrap());
        let script = "var id = 'a'\nvar t = ['host']\nstream|from().groupBy(t)|alert().crit(lambda: \"v\" > 1).id(id)";
        let before = identities(script);
        assert_eq!(before, identities(&script.replace("> 1", "> 2")));
        for (from, to) in [
            ("'a'", "'b'"),
            ("['host']", "*"),
            ("|alert", "|eval(lambda: \"v\").as('v')|alert"),
        ] {
            assert_ne!(before, identities(&script.replace(from, to)), "{to}");
        }
    }
}
