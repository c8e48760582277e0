//! Whether Kapacitor can post to the webhooks of any script.

use crate::rule::script::{Given, Script};
use crate::template::Place;
use crate::tickscript::Program;
use crate::webhook::{check_header_name, check_header_value, WebhookUrl};

/// What is wrong with a webhook of a script; never the URL or a header itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookProblem {
    /// The var of the task that holds it; none if the script does.
    pub var: Option<String>,
    /// Whether nothing is ever posted, or only not to where it is meant.
    pub never_delivers: bool,
    /// What is wrong, and what comes of it.
    pub reason: String,
}

/// What is wrong with the webhooks of the script's alerts, as far as the script and these values of its vars say what they are.
pub fn script_webhook_problems(program: &Program, given: &Given) -> Vec<WebhookProblem> {
    let script = Script::of(program, given);
    let mut problems = Vec::new();
    let alerts = script.alerts();
    let posts = alerts.iter().flat_map(|alert| &alert.alert.handlers);
    for post in posts.filter(|handler| handler.call.name == "post") {
        let problem = |value, never_delivers, reason| WebhookProblem {
            var: script.given_var(value).map(str::to_owned),
            never_delivers,
            reason,
        };
        for url in &post.call.arguments {
            // Without a URL there may be an endpoint, or Kapacitor says that there is none.
            let Some(text) = script.text(url).filter(|text| !text.is_empty()) else {
                continue;
            };
            if let Err(error) = WebhookUrl::check(&text, Place::Url) {
                problems.push(problem(url, true, format!("{error}.")));
            } else if let Some(blank) = WebhookUrl::parse(&text).ok().and_then(|url| url.blank()) {
                problems.push(problem(url, false, blank.consequence().to_owned()));
            }
        }
        for header in post.properties.iter().filter(|property| property.name == "header") {
            let [name, value] = header.arguments.as_slice() else {
                continue;
            };
            if let Some(Err(error)) = script.text(name).map(|name| check_header_name(&name)) {
                problems.push(problem(name, true, error.to_string()));
            }
            if let Some(Err(error)) = script.text(value).map(|value| check_header_value(&value)) {
                problems.push(problem(value, true, error.to_string()));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tickscript::parse;

    fn problems(script: &str) -> Vec<(Option<String>, bool)> {
        let given = Given::from([
            ("hook".to_owned(), "https://h/planted\n".to_owned()),
            ("key".to_owned(), "planted\n".to_owned()),
            ("good".to_owned(), "https://h/x".to_owned()),
        ]);
        let script = format!("var hook string\nvar key string\nvar good = 'ftp://x'\nstream|from()|alert(){script}");
        let found = script_webhook_problems(&parse(&script).unwrap(), &given);
        assert!(
            found.iter().all(|problem| !problem.reason.contains("planted")),
            "{found:#?}"
        );
        found.into_iter().map(|one| (one.var, one.never_delivers)).collect()
    }

    #[test]
    fn what_never_delivers_is_found_with_the_var_that_holds_it() {
        let var = |name: &str| vec![(Some(name.to_owned()), true)];
        assert_eq!(problems(".post(hook)"), var("hook"));
        assert_eq!(problems(".post(good).header('X-Key', key)"), var("key"));
        assert_eq!(problems(".slack().post('https:/h/x')"), [(None, true)]);
        assert_eq!(
            problems(".post('https://h/{{ index .Tags \"host\" }}')"),
            [(None, true)]
        );
        assert_eq!(problems(".post('https://h/x').header('a b', 'c')"), [(None, true)]);
        assert_eq!(problems(".post('https://h/x ')"), [(None, false)]);
    }

    #[test]
    fn what_may_be_right_is_left_alone() {
        for script in [
            ".post(good)",
            ".post('')",
            ".post().endpoint('squadcast')",
            ".post(unknown)",
            ".post('https://h/{{ .ID }}').header('X-Key', 'v')",
            ".tcp('h:1')",
        ] {
            assert_eq!(problems(script), [], "{script}");
        }
    }
}
