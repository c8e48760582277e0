//! The TOML that declares an endpoint in kapacitor.conf.

use super::state::model::EndpointState;
use crate::kapacitor::models::EndpointOptions;
use crate::kapacitor::Secret;
use crate::provider::values::{has_unknown, known, Text};
use std::collections::BTreeMap;
use std::fmt::Write;
use tf_provider::value::Value;

/// What stands for the URL where it must not be shown.
const HIDDEN_URL: &str = "(the webhook URL)";

/// What stands for the password.
const HIDDEN_PASSWORD: &str = "(the password)";

/// The element as TOML, secrets included; not known while one of its values is not.
pub(crate) fn kapacitor_conf(state: &EndpointState) -> Text {
    let url = shown_url(state);
    let texts = [
        &state.name,
        &url,
        &state.alert_template,
        &state.alert_template_file,
        &state.row_template,
        &state.row_template_file,
    ];
    let unknown_auth = match &state.basic_auth {
        Value::Unknown => true,
        Value::Null => false,
        Value::Value(auth) => auth.username.is_unknown() || auth.password.is_unknown(),
    };
    if texts.into_iter().any(Value::is_unknown)
        || has_unknown(&state.headers)
        || has_unknown(&state.sensitive_headers)
        || unknown_auth
    {
        return Value::Unknown;
    }
    let mut options = without_write_only(state).options();
    options.url = known(&url).map(Secret::from);
    Value::Value(element(state.name(), &options))
}

/// The state without what is to stand in no state, whether it is at hand or not.
fn without_write_only(state: &EndpointState) -> EndpointState {
    let mut state = state.clone();
    state.sensitive_headers_wo = Default::default();
    if let Value::Value(auth) = &mut state.basic_auth {
        auth.password_wo = Default::default();
        if !auth.password_wo_version.is_null() {
            auth.password = Value::Value(HIDDEN_PASSWORD.to_owned());
        }
    }
    state
}

/// The URL, unless it is to stand in no state.
fn shown_url(state: &EndpointState) -> Text {
    match &state.url_env {
        Value::Null if !state.url_wo_version.is_null() => Value::Value(HIDDEN_URL.to_owned()),
        Value::Null => state.url.clone(),
        variable => variable.clone().map(|variable| format!("(the value of {variable})")),
    }
}

/// The least that has to be declared, without any secret, for an error message.
pub(crate) fn declaration(name: &str) -> String {
    element(
        name,
        &EndpointOptions {
            url: Some(HIDDEN_URL.into()),
            ..EndpointOptions::default()
        },
    )
}

fn element(name: &str, options: &EndpointOptions) -> String {
    let mut toml = format!("[[httppost]]\n  endpoint = {}\n", quoted(name));
    let mut line = |option: &str, value: Option<String>| {
        if let Some(value) = value {
            // Writing to a String cannot fail.
            let _ = writeln!(toml, "  {option} = {value}");
        }
    };
    line("url", options.url.as_ref().map(|url| quoted(url.expose())));
    line(
        "headers",
        options.headers.as_ref().map(|headers| {
            inline_table(
                headers
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.expose()))
                    .collect(),
            )
        }),
    );
    line(
        "basic-auth",
        options.basic_auth.as_ref().map(|auth| {
            inline_table(BTreeMap::from([
                ("username", auth.username.as_str()),
                ("password", auth.password.expose()),
            ]))
        }),
    );
    let text = |text: &Option<String>| text.as_deref().map(quoted);
    line("alert-template", text(&options.alert_template));
    line("alert-template-file", text(&options.alert_template_file));
    line("row-template", text(&options.row_template));
    line("row-template-file", text(&options.row_template_file));
    toml
}

fn inline_table(entries: BTreeMap<&str, &str>) -> String {
    let entries: Vec<String> = entries
        .into_iter()
        .map(|(key, value)| format!("{} = {}", key_of(key), quoted(value)))
        .collect();
    match entries.is_empty() {
        true => "{}".into(),
        false => format!("{{ {} }}", entries.join(", ")),
    }
}

fn key_of(key: &str) -> String {
    let bare = !key.is_empty()
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if bare {
        key.to_owned()
    } else {
        quoted(key)
    }
}

/// A basic string: JSON's escapes are TOML's too, and only U+007F has to be escaped besides.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::values::text_map;

    #[test]
    fn every_option_is_declared_with_its_escapes() {
        let state = EndpointState {
            name: Value::Value("squadcast".into()),
            url: Value::Value("https://example.com/\"q\"".into()),
            headers: text_map(BTreeMap::from([("X A".into(), "1".into()), ("X-B".into(), "2".into())])),
            alert_template: Value::Value("{{ .Message }}\n".into()),
            ..EndpointState::default()
        };
        assert_eq!(
            kapacitor_conf(&state),
            Value::Value(
                "[[httppost]]\n  endpoint = \"squadcast\"\n  url = \"https://example.com/\\\"q\\\"\"\n  \
                 headers = { \"X A\" = \"1\", X-B = \"2\" }\n  alert-template = \"{{ .Message }}\\n\"\n"
                    .into()
            )
        );
    }

    #[test]
    fn it_is_unknown_while_a_value_is() {
        let state = EndpointState {
            name: Value::Value("squadcast".into()),
            url: Value::Unknown,
            ..EndpointState::default()
        };
        assert_eq!(kapacitor_conf(&state), Value::Unknown);
    }

    #[test]
    fn the_declaration_for_a_message_shows_no_url() {
        assert_eq!(
            declaration("squadcast"),
            "[[httppost]]\n  endpoint = \"squadcast\"\n  url = \"(the webhook URL)\"\n"
        );
    }
}
