//! Secrets of a rule's parts, for those who have only a part.

use super::handlers::{Handler, OptionValue};
use super::{is_secret_header, Rule};

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
