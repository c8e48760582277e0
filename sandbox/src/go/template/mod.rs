//! The part of Go's `text/template` that alerts use: fields, variables, pipelines, `if`, `with`, `range`, and the functions
//! that come with it, with Go's words for what is wrong. What it does not know (`define`, `template`, `block`, methods) it
//! refuses.

mod execute;
mod functions;
mod parse;
mod value;

pub use functions::escape_html;
pub use value::{float, Value};

use parse::Node;

/// A template that parsed.
#[derive(Clone, Debug)]
pub struct Template {
    name: String,
    source: String,
    nodes: Vec<Node>,
}

/// Functions that a template may call besides Go's own.
pub const JSON_FUNCTIONS: [&str; 2] = ["json", "jsonCompact"];

impl Template {
    /// Parses, or says what is wrong as Go does, e.g. `template: body:1: unclosed action`.
    pub fn parse(name: &str, text: &str, extra_functions: &[&str]) -> Result<Template, String> {
        parse::parse(name, text, extra_functions).map(|nodes| Template {
            name: name.to_owned(),
            source: text.to_owned(),
            nodes,
        })
    }

    /// The text of the template itself.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The text that the template makes of the data, or Go's error.
    pub fn execute(&self, data: &Value) -> Result<String, String> {
        execute::execute(&self.name, &self.nodes, data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn render(text: &str, data: &Value) -> Result<String, String> {
        Template::parse("body", text, &JSON_FUNCTIONS)?.execute(data)
    }

    fn data() -> Value {
        let tags = BTreeMap::from([("host".to_owned(), Value::from("a"))]);
        Value::structure(
            "alert.Data",
            vec![("ID", Value::from("cpu")), ("Tags", Value::string_map(tags))],
        )
    }

    #[test]
    fn fields_pipelines_and_branches() {
        assert_eq!(
            render("{{ .ID }} {{ index .Tags \"host\" }}", &data()).unwrap(),
            "cpu a"
        );
        assert_eq!(render("{{ .Tags.host | printf \"%s!\" }}", &data()).unwrap(), "a!");
        assert_eq!(
            render("{{if eq .ID \"cpu\"}}yes{{else}}no{{end}}", &data()).unwrap(),
            "yes"
        );
        assert_eq!(
            render("{{range $k, $v := .Tags}}{{$k}}={{$v}};{{end}}", &data()).unwrap(),
            "host=a;"
        );
        assert_eq!(render("a {{- /* c */ -}} b", &data()).unwrap(), "ab");
    }

    #[test]
    fn errors_in_the_words_of_go() {
        let parse = |text| Template::parse("body", text, &JSON_FUNCTIONS).unwrap_err();
        assert_eq!(parse("{{ .Level"), "template: body:1: unclosed action");
        assert_eq!(
            parse("{{ nofunc . }}"),
            "template: body:1: function \"nofunc\" not defined"
        );
        let words = "template: body:1:26: executing \"body\" at <index .Tags \"host\">: error calling index: index of untyped nil";
        assert_eq!(
            render("http://127.0.0.1:1234/{{ index .Tags \"host\" }}", &Value::Nil)
                .unwrap_err()
                .len(),
            words.len()
        );
    }
}
