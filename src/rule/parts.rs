//! Checks and secrets of a rule's parts, for those who have only a part.

use super::handlers::{Handler, OptionValue};
use super::template::every_action_closes;
use super::{is_secret_header, AttributePath, Field, PostSpec, Rule, RuleError, RuleSpec};

impl PostSpec {
    /// What is wrong with the webhook; paths begin at the block.
    pub fn check(&self) -> Vec<RuleError> {
        let spec = RuleSpec {
            posts: Field::Known(vec![self.clone()]),
            ..RuleSpec::default()
        };
        let block = AttributePath::root("post").index(0);
        let in_block = |error: RuleError| {
            let steps = error.path.0.strip_prefix(block.0.as_slice())?.to_vec();
            Some(RuleError::new(AttributePath(steps), error.message))
        };
        spec.check().into_iter().filter_map(in_block).collect()
    }
}

impl Rule {
    /// What of the script no message may show: webhook URLs, the values of headers, and the secret options of handlers.
    pub fn secrets(&self) -> Vec<String> {
        let posts = self.definition.posts.iter().flat_map(|post| {
            let headers = post.headers.iter().filter(|(name, _)| is_secret_header(name));
            post.url.iter().cloned().chain(headers.map(|(_, value)| value.clone()))
        });
        posts
            .chain(self.definition.handlers.iter().flat_map(Handler::secrets))
            .collect()
    }
}

impl Handler {
    fn secrets(&self) -> Vec<String> {
        let secret = self.kind.options.iter().filter(|option| option.secret);
        let values = secret.filter_map(|option| self.options.get(option.name));
        values
            .flat_map(|value| match value {
                OptionValue::Text(text) => vec![text.clone()],
                OptionValue::List(list) => list.clone(),
                _ => Vec::new(),
            })
            .collect()
    }
}

/// Says what is wrong with a Go template, as far as that can be seen without Kapacitor.
pub fn check_template(template: &str) -> Result<(), &'static str> {
    if every_action_closes(template) {
        return Ok(());
    }
    Err(super::examine::UNCLOSED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Step;

    #[test]
    fn the_paths_of_a_webhook_begin_at_its_block() {
        let webhook = PostSpec {
            url: "ftp://example.com".into(),
            headers: Field::Known([("Authenticate".to_owned(), "x".into())].into()),
            ..PostSpec::default()
        };
        let paths: Vec<String> = webhook.check().iter().map(|error| error.path.to_string()).collect();
        assert_eq!(paths, ["url", "headers[\"Authenticate\"]"]);
        let first = webhook.check().remove(0).path.0.remove(0);
        assert_eq!(first, Step::Attribute("url"));
    }

    #[test]
    fn a_template_needs_both_ends() {
        assert!(check_template("{{ .ID }}").is_ok());
        assert!(check_template("{{ .ID ").is_err());
    }
}
