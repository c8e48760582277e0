//! What Terraform has of `handlers`, in the provider and back.

use super::list::Handlers;
use super::names::NAMED_KINDS;
use super::typed;
use crate::protocol::messages::DynamicValue;
use crate::rule::handlers::OptionKind;
use serde::{Deserialize, Serialize};
use serde_json::{json, Value as Json};
use tf_provider::value::Value;
use tf_provider::Diagnostics;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct State {
    #[serde(with = "typed")]
    handlers: Value<Handlers>,
}

/// The object with every attribute of the schema, as Terraform sends it.
fn complete(given: Json) -> Json {
    let Json::Object(mut given) = given else { return given };
    let kinds = NAMED_KINDS.iter().map(|named| {
        let list = match given.remove(named.attribute) {
            Some(Json::Array(list)) if !named.options.is_empty() => {
                let element = |mut element: Json| {
                    let twins = named.options.iter().flat_map(|option| option.twin).flatten();
                    let names = named.options.iter().map(|option| option.attribute).chain(twins);
                    if let Json::Object(members) = &mut element {
                        names.for_each(|name| {
                            members.entry(name).or_insert(Json::Null);
                        });
                    }
                    element
                };
                list.into_iter().map(element).collect()
            }
            other => other.unwrap_or_default(),
        };
        (named.attribute.to_owned(), list)
    });
    let kinds = kinds.collect();
    assert!(given.is_empty(), "{given:?}");
    Json::Object(kinds)
}

fn read(given: Json) -> State {
    serde_json::from_value(json!({ "handlers": complete(given) })).unwrap()
}

#[test]
fn what_is_known_comes_back_as_it_was() {
    for given in [
        json!(null),
        json!({}),
        json!({ "slack": [] }),
        json!({ "slack": [{ "channel": "#ops" }, { "channel": "" }, {}], "talk": [{}], "tcp": [{ "address": "h:1" }] }),
        json!({ "email": [{ "to": ["a@x", "b, c@x"] }, { "to": [] }, { "to": [""] }], "zenoss": [{ "tid": 3 }, { "tid": 1.5 }] }),
        json!({ "telegram": [{ "disable_notification": true, "chat_id": "1" }, { "disable_notification": false }] }),
        json!({ "alerta": [{ "token": "t", "event": "e" }, { "token": "" }], "email": [null] }),
        json!({ "email": [{ "to": [null, "a@x"] }] }),
    ] {
        let written = serde_json::to_value(read(given.clone())).unwrap();
        assert_eq!(written["handlers"], complete(given.clone()), "{given}");
    }
}

#[test]
fn a_write_only_secret_is_read_and_never_written() {
    let state = read(json!({ "alerta": [{ "token_wo": "s3cret", "token_wo_version": "1" }] }));
    let Value::Value(handlers) = &state.handlers else {
        panic!()
    };
    assert!(handlers[0].secrets_wo.0.is_value());
    let written = serde_json::to_string(&state).unwrap();
    assert!(!written.contains("s3cret"), "{written}");
    assert!(written.contains("\"token_wo_version\":\"1\""), "{written}");
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
struct Sent<T> {
    handlers: T,
}

fn through_the_protocol(handlers: impl Serialize) -> (State, Json) {
    let mut diags = Diagnostics::default();
    let sent = DynamicValue::encode(&mut diags, &Sent { handlers }).unwrap();
    let state: State = sent.decode(&mut diags, "state").unwrap();
    let back = DynamicValue::encode(&mut diags, &state);
    (state, crate::protocol::tests::received(&back))
}

#[test]
fn what_is_not_known_stays_so_wherever_it_is() {
    use std::collections::BTreeMap;
    type Element = Value<BTreeMap<&'static str, Value<Vec<Value<&'static str>>>>>;
    let email = |list: Value<Vec<Element>>| BTreeMap::from([("email", list)]);
    let (state, back) = through_the_protocol(Value::<u8>::Unknown);
    assert!(state.handlers.is_unknown());
    assert_eq!(back["handlers"], json!("unknown"));
    let (_, back) = through_the_protocol(email(Value::Unknown));
    assert_eq!(back["handlers"]["email"], json!("unknown"));
    assert_eq!(back["handlers"]["slack"], json!(null));
    let (_, back) = through_the_protocol(email(Value::Value(vec![Value::Unknown])));
    assert_eq!(back["handlers"]["email"], json!([{ "to": "unknown" }]));
    let items = vec![Value::Value("a@x"), Value::Unknown];
    let element = Value::Value(BTreeMap::from([("to", Value::Value(items))]));
    let (_, back) = through_the_protocol(email(Value::Value(vec![element])));
    assert_eq!(back["handlers"]["email"], json!([{ "to": ["a@x", "unknown"] }]));
}

#[test]
fn every_option_has_a_type_that_reads_back() {
    for named in NAMED_KINDS.iter() {
        for option in &named.options {
            let value = match option.option.kind {
                OptionKind::Text => json!("text"),
                OptionKind::List => json!(["a", "b"]),
                OptionKind::Flag => json!(true),
                OptionKind::Integer => json!(7),
            };
            let given = json!({ named.attribute: [{ option.attribute: value }] });
            let written = serde_json::to_value(read(given.clone())).unwrap();
            assert_eq!(written["handlers"], complete(given.clone()), "{given}");
        }
    }
}
