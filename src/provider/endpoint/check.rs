//! What a configuration of an endpoint may say, as far as a plan can know it.

use super::presence::undeclared::Undeclared;
use super::state::model::{BasicAuthAttributes, EndpointState};
use crate::provider::attributes::write_only::{check_version, report_both};
use crate::provider::values::{known, Text};
use crate::provider::webhook::{check_headers, check_url};
use crate::rule;
use crate::template::Place;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// Reports everything in the configuration that cannot work.
pub(crate) fn check(diags: &mut Diagnostics, config: &EndpointState) {
    check_name(diags, &config.name);
    check_alternatives(diags, config);
    check_webhook(diags, config);
    check_versions(diags, config);
    check_basic_auth(diags, config);
    check_template(diags, "alert_template", &config.alert_template, Place::AlertTemplate);
    check_template(diags, "row_template", &config.row_template, Place::RowTemplate);
    check_template_file(diags, "alert_template_file", &config.alert_template_file);
    check_template_file(diags, "row_template_file", &config.row_template_file);
    check_undeclared(diags, &config.undeclared);
    warn_of_template(diags, config);
}

fn refuse(diags: &mut Diagnostics, attribute: AttributePath, detail: impl Into<String>) {
    diags.error("Invalid attribute value", detail.into(), attribute);
}

/// Kapacitor's pattern for the name of an element in a path; it lists an element of another name, but refuses to set it.
pub(crate) fn can_be_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    !name.is_empty() && name.bytes().all(allowed)
}

fn check_name(diags: &mut Diagnostics, name: &Text) {
    if known(name).is_some_and(|name| !can_be_name(name)) {
        refuse(
            diags,
            AttributePath::new("name"),
            "The name of an endpoint has to be made of letters (a to z, A to Z), digits, `_` and `-`, at least one of \
             them: Kapacitor refuses to set any other.",
        );
    }
}

/// Whether no two alternatives are both set; reports those that are. A value that is not known yet may turn out to be null, so
/// that an apply looks again. That there is a URL at all is for the plan to say: an endpoint that was imported keeps the one
/// that it has.
pub(crate) fn check_alternatives(diags: &mut Diagnostics, config: &EndpointState) -> bool {
    let mut right = true;
    let alternatives = [
        (("url", &config.url), ("url_env", &config.url_env)),
        (("url", &config.url), ("url_wo", &config.url_wo.0)),
        (("url_env", &config.url_env), ("url_wo", &config.url_wo.0)),
        (
            ("alert_template", &config.alert_template),
            ("alert_template_file", &config.alert_template_file),
        ),
        (
            ("row_template", &config.row_template),
            ("row_template_file", &config.row_template_file),
        ),
    ];
    for ((one, one_value), (other, other_value)) in alternatives {
        if known(one_value).is_some() && known(other_value).is_some() {
            report_both(diags, one, other, &AttributePath::new);
            right = false;
        }
    }
    if config.sensitive_headers.is_value() && config.sensitive_headers_wo.0.is_value() {
        report_both(diags, "sensitive_headers", "sensitive_headers_wo", &AttributePath::new);
        right = false;
    }
    right
}

/// Where the configuration sets what only it has.
pub(crate) fn write_only_values(config: &EndpointState) -> Vec<AttributePath> {
    let auth = basic_auth_of(config);
    let set = [
        (!config.url_wo.0.is_null(), AttributePath::new("url_wo")),
        (
            !config.sensitive_headers_wo.0.is_null(),
            AttributePath::new("sensitive_headers_wo"),
        ),
        (
            auth.is_some_and(|block| !block.password_wo.0.is_null()),
            in_basic_auth("password_wo"),
        ),
    ];
    set.into_iter()
        .filter_map(|(is_set, at)| is_set.then_some(at))
        .collect()
}

fn basic_auth_of(config: &EndpointState) -> Option<&BasicAuthAttributes> {
    match &config.basic_auth {
        Value::Value(auth) => Some(auth),
        _ => None,
    }
}

fn in_basic_auth<N: Into<std::borrow::Cow<'static, str>>>(name: N) -> AttributePath {
    AttributePath::new("basic_auth").attribute(name)
}

/// A secret that only the configuration has comes with a version, and a version with its secret.
fn check_versions(diags: &mut Diagnostics, config: &EndpointState) {
    let at = AttributePath::new;
    check_version(diags, "url_wo", &config.url_wo.0, &config.url_wo_version, &at);
    let headers = (&config.sensitive_headers_wo.0, &config.sensitive_headers_wo_version);
    check_version(diags, "sensitive_headers_wo", headers.0, headers.1, &at);
    if let Some(block) = basic_auth_of(config) {
        check_version(
            diags,
            "password_wo",
            &block.password_wo.0,
            &block.password_wo_version,
            &in_basic_auth,
        );
    }
}

/// The URL and the headers follow the rules of a rule's own webhook.
fn check_webhook(diags: &mut Diagnostics, config: &EndpointState) {
    check_url(diags, AttributePath::new("url"), &config.url, Place::EndpointUrl);
    check_url(
        diags,
        AttributePath::new("url_wo"),
        &config.url_wo.0,
        Place::EndpointUrl,
    );
    check_headers(
        diags,
        &[
            ("headers", &config.headers),
            ("sensitive_headers", &config.sensitive_headers),
            ("sensitive_headers_wo", &config.sensitive_headers_wo.0),
        ],
    );
}

fn check_basic_auth(diags: &mut Diagnostics, config: &EndpointState) {
    let Value::Value(block) = &config.basic_auth else {
        return;
    };
    let password = (&block.password, &block.password_wo.0);
    if known(password.0).is_some() && known(password.1).is_some() {
        report_both(diags, "password", "password_wo", &in_basic_auth);
    } else if password.0.is_null() && password.1.is_null() {
        refuse(
            diags,
            in_basic_auth("password"),
            "Set `password`, or `password_wo` with `password_wo_version`.",
        );
    }
    for (name, value) in [
        ("username", &block.username),
        ("password", &block.password),
        ("password_wo", &block.password_wo.0),
    ] {
        if known(value) == Some("") {
            let at = in_basic_auth(name);
            refuse(
                diags,
                at,
                format!("`{name}` must not be empty: Kapacitor then sends no credentials at all. Leave `basic_auth` out to send none."),
            );
        }
    }
}

/// A template that fails is told of without its text, which may hold a token; its words name only what it asks for.
fn check_template(diags: &mut Diagnostics, attribute: &'static str, template: &Text, place: Place) {
    if let Some(problem) = known(template).and_then(|template| rule::template_problem(template, place)) {
        refuse(diags, AttributePath::new(attribute), problem);
    }
}

fn check_template_file(diags: &mut Diagnostics, attribute: &'static str, file: &Text) {
    if known(file).is_some_and(|path| !path.starts_with('/')) {
        refuse(
            diags,
            AttributePath::new(attribute),
            "The path has to be absolute, on the host where Kapacitor runs.",
        );
    }
}

fn check_undeclared(diags: &mut Diagnostics, undeclared: &Text) {
    if known(undeclared).is_some_and(|word| Undeclared::named(word).is_none()) {
        let allowed: Vec<String> = Undeclared::ALL
            .iter()
            .map(|value| format!("`{}`", value.name()))
            .collect();
        refuse(
            diags,
            AttributePath::new("undeclared"),
            format!("`undeclared` has to be one of {}.", allowed.join(", ")),
        );
    }
}

fn warn_of_template(diags: &mut Diagnostics, config: &EndpointState) {
    for (name, template) in [
        ("alert_template", &config.alert_template),
        ("alert_template_file", &config.alert_template_file),
    ] {
        // What is not known yet may turn out to be null; a plan checks again once it is known.
        if known(template).is_some_and(|template| !template.is_empty()) {
            diags.warning(
                "A template replaces the body that Squadcast reads",
                format!(
                    "With `{name}`, Kapacitor no longer sends its own JSON, from which Squadcast's Kapacitor integration \
                     takes the incident and its recovery, nor the header Content-Type. Leave it out for a Squadcast \
                     webhook; for another receiver, set Content-Type in `headers`."
                ),
                // At the attribute, Terraform would show the line of the configuration, and with it the template.
                AttributePath::root(),
            );
        }
    }
}
