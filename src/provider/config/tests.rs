//! What a configuration comes to, together with the environment.

use super::configuration::{Configuration, ConfigurationError, Environment};
use super::resolve::{Resolved, Settings};
use super::settings::CHRONOGRAF_URL;
use crate::kapacitor::{ChronografAuth, ClientConfig, KapacitorAuth, TransportConfig};
use serde_json::{json, Value as Json};
use tf_provider::AttributePath;

fn configuration(settings: Json) -> Configuration {
    serde_json::from_value(settings).unwrap()
}

/// Settings together with others.
fn with(mut settings: Json, others: Json) -> Configuration {
    settings
        .as_object_mut()
        .unwrap()
        .extend(others.as_object().unwrap().clone());
    configuration(settings)
}

fn nothing(_: &str) -> Option<String> {
    None
}

fn settings_of(configuration: &Configuration, environment: Environment<'_>) -> Settings {
    match configuration.resolve(environment) {
        Ok(Resolved::Known(settings)) => *settings,
        Ok(Resolved::NotYetKnown) => panic!("the configuration is not known"),
        Err(error) => panic!("{}", error.detail),
    }
}

fn resolved(configuration: &Configuration, environment: Environment<'_>) -> ClientConfig {
    settings_of(configuration, environment).client
}

fn refused(configuration: &Configuration, environment: Environment<'_>) -> ConfigurationError {
    match configuration.resolve(environment) {
        Err(error) => error,
        Ok(_) => panic!("the configuration was taken"),
    }
}

#[test]
fn the_configuration_comes_before_the_environment() {
    let environment = |variable: &str| (variable == "KAPACITOR_URL").then(|| "http://environment:9092".to_owned());
    let url_of = |settings: Json| match resolved(&configuration(settings), &environment).transport {
        TransportConfig::Direct { url, .. } => url,
        TransportConfig::Chronograf(_) => panic!("through Chronograf"),
    };
    assert_eq!(
        url_of(json!({ "url": "http://configured:9092" })),
        "http://configured:9092"
    );
    assert_eq!(url_of(json!({})), "http://environment:9092");
    assert_eq!(url_of(json!({ "url": null })), "http://environment:9092");
}

#[test]
fn nothing_set_says_what_to_set() {
    let error = refused(&Configuration::default(), &nothing);
    for word in ["`url`", "chronograf", "KAPACITOR_URL", "CHRONOGRAF_URL"] {
        assert!(error.detail.contains(word), "{}", error.detail);
    }
}

#[test]
fn contradictory_settings_name_the_attribute_and_no_secret() {
    let cases = [
        ("password", json!({ "username": "u" })),
        ("username", json!({ "password": "hunter2" })),
        (
            "token",
            json!({ "username": "u", "password": "hunter2", "token": "hunter2" }),
        ),
        ("client_key", json!({ "client_cert": "cert.pem" })),
        ("timeout", json!({ "timeout": 0 })),
        ("url", json!({ "chronograf": { "url": "http://chronograf:8888" } })),
    ];
    for (attribute, settings) in cases {
        let configuration = with(json!({ "url": "http://kapacitor:9092" }), settings);
        let error = refused(&configuration, &nothing);
        assert_eq!(error.attribute, AttributePath::new(attribute), "{}", error.detail);
        assert!(!error.detail.contains("hunter2"), "{}", error.detail);
    }
}

/// A module passes both of two alternatives, one of them null or empty.
#[test]
fn an_alternative_that_is_null_or_empty_does_not_count() {
    for none in [Json::Null, json!("")] {
        let direct = configuration(json!({
            "url": "http://kapacitor:9092", "username": "u", "password": "p", "shared_secret": none, "token": none,
            "client_cert": none, "client_key": none, "chronograf": { "url": none },
        }));
        let TransportConfig::Direct { auth, .. } = resolved(&direct, &nothing).transport else {
            panic!("through Chronograf");
        };
        assert!(matches!(auth, KapacitorAuth::Basic { .. }));
        let chronograf = json!({ "url": none, "username": none, "chronograf": { "url": "http://chronograf:8888" } });
        let transport = resolved(&configuration(chronograf), &nothing).transport;
        assert!(matches!(transport, TransportConfig::Chronograf(_)));
    }
}

#[test]
fn credentials_in_clear_are_told_of_where_there_are_some_and_another_machine() {
    let in_clear = |url: &str, others: &Json| {
        let configuration = with(json!({ "url": url }), others.clone());
        settings_of(&configuration, &nothing).in_clear
    };
    let url = Some(AttributePath::new("url"));
    for credentials in [
        json!({ "username": "u", "password": "p" }),
        json!({ "token": "t" }),
        json!({ "username": "u", "shared_secret": "s" }),
        json!({ "headers": { "X-Key": "k" } }),
    ] {
        assert_eq!(in_clear("http://kapacitor:9092", &credentials), url);
        assert_eq!(in_clear("http://10.0.0.7:9092", &credentials), url);
        for safe in [
            "https://kapacitor:9092",
            "http://localhost:9092",
            "http://127.0.0.1:9092",
            "http://[::1]:9092",
        ] {
            assert_eq!(in_clear(safe, &credentials), None, "{safe}");
        }
    }
    assert_eq!(in_clear("http://u:p@kapacitor:9092", &json!({})), url);
    assert_eq!(in_clear("http://kapacitor:9092", &json!({})), None);
    let chronograf = |cookie: Json| {
        let configuration =
            configuration(json!({ "chronograf": { "url": "http://chronograf:8888", "cookie": cookie } }));
        settings_of(&configuration, &nothing).in_clear
    };
    assert_eq!(chronograf(json!("session=a")), Some(CHRONOGRAF_URL.path()));
    assert_eq!(chronograf(Json::Null), None);
}

#[test]
fn a_token_is_taken_as_people_copy_it() {
    for copied in [
        "abc.def",
        " abc.def\n",
        "Bearer abc.def",
        "bearer  abc.def\r\n",
        "BEARER abc.def",
    ] {
        let configuration = configuration(json!({ "url": "http://kapacitor:9092", "token": copied }));
        let TransportConfig::Direct { auth, .. } = resolved(&configuration, &nothing).transport else {
            panic!("through Chronograf");
        };
        assert!(
            matches!(&auth, KapacitorAuth::Bearer(token) if token.expose() == "abc.def"),
            "{copied:?}"
        );
    }
}

#[test]
fn a_secret_with_a_line_break_at_its_end_is_used_and_told_of() {
    let told = |password: &str| {
        let settings = json!({ "url": "http://localhost:9092", "username": "u", "password": password });
        settings_of(&configuration(settings), &nothing).with_line_breaks
    };
    assert_eq!(told("hunter2\n"), [AttributePath::new("password")]);
    assert_eq!(told("hunter 2"), []);
}

#[test]
fn a_number_that_is_none_names_where_it_comes_from() {
    let url = || json!({ "url": "http://kapacitor:9092" });
    for (variable, attribute) in [
        ("SQUADCAST_KAPACITOR_TIMEOUT", "timeout"),
        ("SQUADCAST_KAPACITOR_MAX_RETRIES", "max_retries"),
    ] {
        let environment = |name: &str| (name == variable).then(|| "30s".to_owned());
        let error = refused(&configuration(url()), &environment);
        assert_eq!(error.attribute, AttributePath::new(attribute));
        assert!(
            error.detail.contains(variable) && error.detail.contains("without a unit"),
            "{}",
            error.detail
        );
    }
    // Terraform writes a number that no float holds as a text.
    for number in [json!(1.5), json!(-1), json!("100000000000000000000000000000000001")] {
        let error = refused(&with(url(), json!({ "timeout": number })), &nothing);
        assert_eq!(error.attribute, AttributePath::new("timeout"));
        assert!(error.detail.contains("whole number"), "{}", error.detail);
    }
}

#[test]
fn a_way_of_authenticating_is_not_mixed_with_another_of_the_environment() {
    let environment = |variable: &str| match variable {
        "KAPACITOR_URL" => Some("http://kapacitor:9092".to_owned()),
        "SQUADCAST_KAPACITOR_USERNAME" | "SQUADCAST_KAPACITOR_PASSWORD" => Some("environment".to_owned()),
        "CHRONOGRAF_COOKIE" => Some("session=environment".to_owned()),
        _ => None,
    };
    let by_token = configuration(json!({ "token": "configured" }));
    let TransportConfig::Direct { auth, .. } = resolved(&by_token, &environment).transport else {
        panic!("through Chronograf");
    };
    assert!(matches!(auth, KapacitorAuth::Bearer(_)), "{auth:?}");

    let by_password = configuration(json!({
        "chronograf": { "url": "http://chronograf:8888", "username": "u", "password": "p" },
    }));
    let TransportConfig::Chronograf(chronograf) = resolved(&by_password, &environment).transport else {
        panic!("straight to Kapacitor");
    };
    assert!(
        matches!(chronograf.auth, ChronografAuth::Basic { .. }),
        "{chronograf:?}"
    );
}

#[test]
fn credentials_of_kapacitor_are_refused_beside_chronograf() {
    let settings = json!({ "token": "hunter2", "chronograf": { "url": "http://chronograf:8888" } });
    let error = refused(&configuration(settings), &nothing);
    assert_eq!(error.attribute, AttributePath::new("token"));
    assert!(!error.detail.contains("hunter2"), "{}", error.detail);
}

#[test]
fn a_switch_that_skips_the_check_of_certificates_is_read_as_the_kapacitor_command_reads_it() {
    let configuration = configuration(json!({ "url": "https://kapacitor:9092" }));
    for (word, expected) in [("true", true), ("1", true), ("F", false), ("", false)] {
        let environment = |variable: &str| (variable == "KAPACITOR_UNSAFE_SSL").then(|| word.to_owned());
        let client = resolved(&configuration, &environment);
        assert_eq!(client.tls.insecure_skip_verify, expected, "{word}");
    }
    let environment = |variable: &str| (variable == "KAPACITOR_UNSAFE_SSL").then(|| "perhaps".to_owned());
    assert_eq!(
        refused(&configuration, &environment).attribute,
        AttributePath::new("insecure_skip_verify")
    );
}
