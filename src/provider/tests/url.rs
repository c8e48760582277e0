//! Every URL of a webhook that a configuration can hold, with the recorded URLs to which a real Kapacitor posted or never
//! posted. The attributes come from the definitions, so that a new one is walked too, or fails here.

use crate::protocol::WriteOnly;
use crate::provider::alert_rule;
use crate::provider::alert_rule::handlers::block::HandlerBlock;
use crate::provider::alert_rule::handlers::names::NamedKind;
use crate::provider::alert_rule::state::model::AlertRuleState;
use crate::provider::alert_rule::state::post::PostBlock;
use crate::provider::alert_rule::AlertRuleResource;
use crate::provider::attributes::{Definition, Given, Kind};
use crate::provider::connection::Connection;
use crate::provider::endpoint;
use crate::provider::endpoint::state::model::EndpointState;
use crate::provider::endpoint::EndpointResource;
use crate::provider::rule_attributes::RuleAttributes;
use crate::provider::webhook_test;
use crate::provider::webhook_test::{WebhookTest, WebhookTestState};
use crate::rule::handlers::KINDS;
use crate::rule::{Content, HandlerOption};
use std::collections::BTreeMap;
use tf_provider::value::Value;
use tf_provider::{DataSource, Diagnostics, Resource};

/// Where a configuration holds a URL: `RESOURCE.ATTRIBUTE`, `RESOURCE.BLOCK.ATTRIBUTE` or `handler.KIND.OPTION`.
fn places() -> Vec<String> {
    let mut places = Vec::new();
    let mut of = |resource: &str, attributes: Vec<Definition>| {
        let inner = attributes.iter().filter_map(|one| match &one.kind {
            Kind::Object(inner) | Kind::Objects(inner) => Some((one.name, inner.clone())),
            _ => None,
        });
        let inner: Vec<_> = inner.collect();
        let nested = inner.into_iter().flat_map(|(name, attributes)| {
            let attributes = attributes.into_iter();
            attributes.map(move |attribute| (format!("{resource}.{name}.{}", attribute.name), attribute))
        });
        let own = attributes
            .into_iter()
            .map(|attribute| (format!("{resource}.{}", attribute.name), attribute));
        for (place, attribute) in own.chain(nested) {
            let is_url = matches!(attribute.kind, Kind::Url | Kind::UrlVariable);
            let looks_like_one = attribute.name.contains("url")
                && attribute.given != Given::Computed
                && !attribute.name.ends_with("_version");
            assert_eq!(is_url, looks_like_one, "{place} is not of the right kind");
            places.extend(is_url.then_some(place));
        }
    };
    of("rule", alert_rule::definition::attributes());
    of("endpoint", endpoint::definition::attributes());
    of("webhook_test", webhook_test::attributes());
    for kind in KINDS {
        let urls = kind.options.iter().filter(|option| option.content == Content::Url);
        places.extend(urls.map(|option| format!("handler.{}.{}", kind.name, option.name)));
    }
    places
}

/// Pushover shows these with the message and posts to neither.
const SHOWN_ONLY: [&str; 2] = ["url", "urlTitle"];

#[test]
fn an_option_that_is_called_a_url_is_one() {
    let called = |option: &&HandlerOption| option.name.to_ascii_lowercase().contains("url");
    for kind in KINDS {
        for option in kind.options.iter().filter(called) {
            let shown_only = kind.name == "pushover" && SHOWN_ONLY.contains(&option.name);
            assert!(
                option.content == Content::Url || shown_only,
                "{}.{}",
                kind.name,
                option.name
            );
        }
    }
}

fn text(text: &str) -> Value<String> {
    Value::Value(text.to_owned())
}

fn rule() -> AlertRuleState {
    AlertRuleState {
        attributes: RuleAttributes {
            name: text("cpu high"),
            database: text("telegraf"),
            measurement: text("cpu"),
            field: text("usage"),
            trigger: text("threshold"),
            operator: text(">"),
            value: text("90"),
            ..RuleAttributes::default()
        },
        ..AlertRuleState::default()
    }
}

/// A variable of the environment that holds the URL.
fn variable(place: &str, url: &str) -> Value<String> {
    let name = format!(
        "TEST_{}_{:x}",
        place.replace('.', "_"),
        url.bytes()
            .fold(7u64, |hash, byte| hash * 31 % 0xffff_fff1 + u64::from(byte))
    );
    std::env::set_var(&name, url);
    text(&name)
}

/// What validating and planning says of a URL in this place.
async fn diagnostics(place: &str, url: &str) -> Diagnostics {
    let mut diags = Diagnostics::default();
    let connection = Connection::default();
    let post = |block: PostBlock| AlertRuleState {
        post: Value::Value(vec![block]),
        ..rule()
    };
    let endpoint = |state: EndpointState| EndpointState {
        name: text("squadcast"),
        ..state
    };
    match place {
        "rule.post.url" => {
            let config = post(PostBlock {
                url: text(url),
                ..PostBlock::default()
            });
            AlertRuleResource::new(connection).validate(&mut diags, config).await;
        }
        "rule.post.url_env" => {
            let config = post(PostBlock {
                url_env: variable(place, url),
                ..PostBlock::default()
            });
            AlertRuleResource::new(connection).validate(&mut diags, config).await;
        }
        "rule.post.url_wo" => {
            let config = post(PostBlock {
                url_wo: WriteOnly(text(url)),
                url_wo_version: text("1"),
                ..PostBlock::default()
            });
            AlertRuleResource::new(connection).validate(&mut diags, config).await;
        }
        "endpoint.url_wo" => {
            let config = endpoint(EndpointState {
                url_wo: WriteOnly(text(url)),
                url_wo_version: text("1"),
                ..EndpointState::default()
            });
            EndpointResource::new(connection).validate(&mut diags, config).await;
        }
        "endpoint.url" => {
            let config = endpoint(EndpointState {
                url: text(url),
                ..EndpointState::default()
            });
            EndpointResource::new(connection).validate(&mut diags, config).await;
        }
        "endpoint.url_env" => {
            let config = endpoint(EndpointState {
                url_env: variable(place, url),
                ..EndpointState::default()
            });
            let resource = EndpointResource::new(connection);
            resource
                .plan_create(&mut diags, config.clone(), config, Value::Null)
                .await;
        }
        "webhook_test.url" => {
            let config = WebhookTestState {
                url: text(url),
                ..WebhookTestState::default()
            };
            WebhookTest::new(connection).validate(&mut diags, config).await;
        }
        handler => {
            let parts: Vec<&str> = handler.split('.').collect();
            let ["handler", kind, option] = parts.as_slice() else {
                panic!("nothing here plants a URL in {place}");
            };
            let block = HandlerBlock {
                kind: text(kind),
                options: Value::Null,
                secrets: Value::Value(BTreeMap::from([((*option).to_owned(), text(url))])),
                ..HandlerBlock::default()
            };
            let config = AlertRuleState {
                handlers: Value::Value(vec![block].into()),
                ..rule()
            };
            AlertRuleResource::new(connection).validate(&mut diags, config).await;
        }
    }
    diags
}

/// What a configuration calls the attribute of a place.
fn attribute_of(place: &str) -> &str {
    let parts: Vec<&str> = place.split('.').collect();
    match parts.as_slice() {
        ["handler", kind, _] => NamedKind::of(kind).unwrap().secret().unwrap().attribute,
        parts => parts.last().unwrap(),
    }
}

/// Each recorded URL, and whether Kapacitor posted to it.
fn recorded() -> Vec<(String, bool)> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/contract/http/13-urls-that-never-deliver.jsonl"
    );
    let mut urls: Vec<(String, bool)> = Vec::new();
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let exchange: serde_json::Value = serde_json::from_str(line).unwrap();
        if let Some(script) = exchange["request"]["body"]["script"].as_str() {
            let url = script.split_once(".post('''").unwrap().1.split_once("''')").unwrap().0;
            urls.push((url.replace("<receiver>", "127.0.0.1:9").replace("/a", "/s3cret"), false));
        } else if let (Some(received), Some(last)) = (exchange["received"].as_array(), urls.last_mut()) {
            last.1 |= !received.is_empty();
        }
    }
    urls
}

/// A URL to which Kapacitor never posts is an error at its attribute, whichever it is, and the URL is not shown; one to which
/// it posts is none.
#[tokio::test]
async fn every_url_is_refused_if_kapacitor_never_posts_to_it() {
    let recorded = recorded();
    assert_eq!(recorded.iter().filter(|(_, posted)| *posted).count(), 4, "{recorded:?}");
    let places = places();
    assert!(places.len() >= 6, "{places:?}");
    for place in &places {
        for (url, posted) in &recorded {
            // To a handler, `{{` are letters of the path.
            if place.starts_with("handler") && url.contains("{{") {
                continue;
            }
            let diags = diagnostics(place, url).await;
            assert_eq!(diags.errors.is_empty(), *posted, "{place}: {url:?}: {:?}", diags.errors);
            for diagnostic in diags.errors.iter().chain(&diags.warnings) {
                let name = attribute_of(place);
                let at = diagnostic.attribute.to_string();
                assert!(at.contains(name), "{place}: {at}");
                assert!(
                    !diagnostic.detail.contains("s3cret") && !diagnostic.summary.contains("s3cret"),
                    "{diagnostic:?}"
                );
            }
        }
    }
}

/// A template is warned of only once it is known to be there: a variable that is null by default is not known at first.
#[tokio::test]
async fn a_template_that_is_not_known_yet_is_not_warned_of() {
    let endpoint = |alert_template| EndpointState {
        name: text("squadcast"),
        url: text("https://example.com/hook"),
        alert_template,
        ..EndpointState::default()
    };
    for (template, warnings) in [
        (Value::Unknown, 0),
        (Value::Null, 0),
        (text(""), 0),
        (text("{{ .ID }}"), 1),
    ] {
        let mut diags = Diagnostics::default();
        let config = endpoint(template);
        EndpointResource::new(Connection::default())
            .validate(&mut diags, config.clone())
            .await;
        assert_eq!((diags.errors.len(), diags.warnings.len()), (0, warnings), "{config:?}");
    }
}
