//! The life of a resource: validate, plan, apply, read, destroy.

use super::client::{received, sent, told, Client};
use super::notes::Note;
use crate::protocol::messages::*;
use serde_json::{json, Value as Json};
use tf_provider::value::Value;

fn unknown() -> Value<()> {
    Value::Unknown
}

fn note(text: &str) -> Json {
    json!({ "id": "1", "text": text, "secret_wo": null, "lines": null })
}

fn plan(prior: Option<DynamicValue>, proposed: Option<DynamicValue>) -> PlanResourceChangeRequest {
    PlanResourceChangeRequest {
        type_name: "test_note".into(),
        prior_state: prior,
        config: proposed.clone(),
        proposed_new_state: proposed,
        prior_private: br#"["kept"]"#.as_slice().into(),
        ..PlanResourceChangeRequest::default()
    }
}

fn apply(prior: Option<DynamicValue>, planned: Option<DynamicValue>) -> ApplyResourceChangeRequest {
    ApplyResourceChangeRequest {
        type_name: "test_note".into(),
        prior_state: prior,
        config: planned.clone(),
        planned_state: planned,
        planned_private: br#"["planned"]"#.as_slice().into(),
        ..ApplyResourceChangeRequest::default()
    }
}

fn null() -> Option<DynamicValue> {
    Some(DynamicValue::null())
}

async fn planned(request: PlanResourceChangeRequest) -> PlanResourceChangeResponse {
    Client::new().await.call("PlanResourceChange", request).await
}

async fn applied(request: ApplyResourceChangeRequest) -> ApplyResourceChangeResponse {
    Client::new().await.call("ApplyResourceChange", request).await
}

async fn read(text: &str) -> ReadResourceResponse {
    let request = ReadResourceRequest {
        type_name: "test_note".into(),
        current_state: sent(note(text)),
        private: br#"["kept"]"#.as_slice().into(),
        ..ReadResourceRequest::default()
    };
    Client::new().await.call("ReadResource", request).await
}

fn identity(data: &Option<IdentityData>) -> Json {
    received(&data.as_ref().unwrap().identity_data)
}

#[tokio::test]
async fn unknown_and_null_values_are_told_apart() {
    #[derive(serde::Serialize)]
    struct Config {
        id: Value<()>,
        text: Value<()>,
        secret_wo: Option<()>,
        lines: [Value<Json>; 2],
    }
    let lines = [Value::Value(json!({ "ink": null })), Value::Unknown];
    let config = Config {
        id: Value::Null,
        text: unknown(),
        secret_wo: None,
        lines,
    };
    let answer = planned(plan(null(), sent(config))).await;
    assert_eq!(told(&answer.diagnostics), []);
    assert_eq!(
        received(&answer.planned_state),
        json!({ "id": "unknown", "text": "unknown", "secret_wo": null, "lines": [{ "ink": null }, "unknown"] })
    );
    assert_eq!(answer.planned_identity, None);
    assert_eq!(&answer.planned_private[..], br#"["planned"]"#);
    assert_eq!(answer.requires_replace, []);
}

#[tokio::test]
async fn a_creation_is_planned_and_applied() {
    let answer = applied(apply(null(), sent(note("hello")))).await;
    assert_eq!(told(&answer.diagnostics), []);
    assert_eq!(received(&answer.new_state), note("hello"));
    assert_eq!(&answer.private[..], br#"["planned","created"]"#);
    assert_eq!(identity(&answer.new_identity), json!({ "id": "1" }));
}

#[tokio::test]
async fn an_update_says_what_replaces() {
    let answer = planned(plan(sent(note("old")), sent(note("new")))).await;
    assert_eq!(received(&answer.planned_state), note("new"));
    assert_eq!(&answer.planned_private[..], br#"["kept"]"#);
    let steps = &answer.requires_replace[0].steps;
    assert_eq!(steps[0].selector, Some(Selector::AttributeName("text".into())));
    assert_eq!(identity(&answer.planned_identity), json!({ "id": "1" }));
    let answer = applied(apply(sent(note("old")), sent(note("new")))).await;
    assert_eq!(received(&answer.new_state), note("new"));
}

#[tokio::test]
async fn a_destroy_leaves_no_state_and_an_error_says_that_it_failed() {
    let answer = planned(plan(sent(note("old")), null())).await;
    assert!(answer.planned_state.unwrap().is_null());
    assert_eq!(&answer.planned_private[..], br#"["kept"]"#);
    let answer = applied(apply(sent(note("old")), null())).await;
    assert_eq!(
        (told(&answer.diagnostics), answer.new_state.unwrap().is_null()),
        (vec![], true)
    );
    let answer = applied(apply(sent(note("fails")), null())).await;
    assert_eq!(told(&answer.diagnostics), [("It fails", ".text".into())]);
    // By an error and null, Terraform keeps the state that it had.
    assert!(answer.new_state.unwrap().is_null());
    let answer = applied(apply(sent(note("ends without a word")), null())).await;
    assert_eq!(
        (told(&answer.diagnostics), answer.new_state.unwrap().is_null()),
        (vec![], true)
    );
}

#[tokio::test]
async fn a_read_that_finds_nothing_says_that_it_is_gone() {
    let answer = read("gone").await;
    assert_eq!((told(&answer.diagnostics), answer.new_state), (vec![], None));
    let answer = read("there").await;
    assert_eq!(received(&answer.new_state), note("there"));
    assert_eq!(&answer.private[..], br#"["kept"]"#);
    assert_eq!(identity(&answer.new_identity), json!({ "id": "1" }));
}

#[tokio::test]
async fn every_call_tells_its_errors_warnings_and_panics() {
    for (text, expected) in [
        ("fails", vec![("It fails", String::from(".text"))]),
        ("warns", vec![("It warns", ".lines".into())]),
        ("panics", vec![("The provider has a bug", String::new())]),
    ] {
        let changed = sent(note(text));
        let mut answers = vec![
            planned(plan(null(), changed.clone())).await.diagnostics,
            planned(plan(sent(note("old")), changed.clone())).await.diagnostics,
            planned(plan(changed.clone(), null())).await.diagnostics,
            applied(apply(null(), changed.clone())).await.diagnostics,
            applied(apply(sent(note("old")), changed.clone())).await.diagnostics,
            applied(apply(changed.clone(), null())).await.diagnostics,
            read(text).await.diagnostics,
        ];
        answers.extend(super::reads::diagnostics_of_other_calls(text).await);
        for (place, diagnostics) in answers.iter().enumerate() {
            assert_eq!(told(diagnostics), expected, "call {place} that {text}");
        }
        if text == "panics" {
            let detail = &answers[0][0].detail;
            assert!(
                detail.contains("src/somewhere.rs:1") && !detail.contains("on purpose"),
                "{detail}"
            );
        }
    }
}

#[tokio::test]
async fn a_result_without_a_word_is_a_bug_and_no_silence() {
    let changed = sent(note("ends without a word"));
    for diagnostics in [
        planned(plan(null(), changed.clone())).await.diagnostics,
        planned(plan(sent(note("old")), changed.clone())).await.diagnostics,
        applied(apply(null(), changed.clone())).await.diagnostics,
        applied(apply(sent(note("old")), changed.clone())).await.diagnostics,
    ] {
        assert_eq!(told(&diagnostics), [("The provider has a bug", String::new())]);
    }
}

#[tokio::test]
async fn a_change_of_nothing_and_what_does_not_fit_are_errors() {
    let broken = Some(DynamicValue::of_json(br#"{"id": []}"#.as_slice().into()));
    let misfit = "Terraform sent a value that the provider cannot read";
    for (request, expected) in [
        (plan(null(), null()), "Terraform asked for a change of nothing"),
        (plan(null(), broken.clone()), misfit),
        (plan(broken.clone(), sent(note("new"))), misfit),
        (
            PlanResourceChangeRequest {
                prior_private: b"{".as_slice().into(),
                ..plan(sent(note("a")), null())
            },
            misfit,
        ),
    ] {
        assert_eq!(
            told(&planned(request.clone()).await.diagnostics)[0].0,
            expected,
            "{request:?}"
        );
    }
    for (request, expected) in [
        (apply(null(), None), "Terraform asked for a change of nothing"),
        (apply(broken, null()), misfit),
    ] {
        assert_eq!(
            told(&applied(request.clone()).await.diagnostics)[0].0,
            expected,
            "{request:?}"
        );
    }
}

#[tokio::test]
async fn a_write_only_value_reaches_the_provider_and_no_plan_and_no_state() {
    let secret = || {
        let mut config = note("hello");
        config["secret_wo"] = json!("hunter2");
        sent(config)
    };
    let validate = |allowed| ValidateResourceConfigRequest {
        type_name: "test_note".into(),
        config: secret(),
        client_capabilities: Some(ClientCapabilities {
            write_only_attributes_allowed: allowed,
            ..Default::default()
        }),
    };
    let client = Client::new().await;
    let answer: ValidateConfigResponse = client.call("ValidateResourceConfig", validate(true)).await;
    assert_eq!(told(&answer.diagnostics), []);
    let old = ValidateResourceConfigRequest {
        client_capabilities: None,
        ..validate(false)
    };
    for request in [validate(false), old] {
        let answer: ValidateConfigResponse = client.call("ValidateResourceConfig", request).await;
        assert_eq!(
            told(&answer.diagnostics),
            [("The attribute needs a newer Terraform", ".secret_wo".into())]
        );
        assert!(answer.diagnostics[0].detail.contains("1.11"));
    }
    let request = PlanResourceChangeRequest {
        config: secret(),
        ..plan(null(), sent(note("hello")))
    };
    assert_eq!(received(&planned(request).await.planned_state)["secret_wo"], Json::Null);
    let request = ApplyResourceChangeRequest {
        config: secret(),
        ..apply(null(), sent(note("hello")))
    };
    let answer = applied(request).await;
    assert_eq!(received(&answer.new_state)["text"], "7 characters");
    assert_eq!(received(&answer.new_state)["secret_wo"], Json::Null);
    assert!(!format!(
        "{:?}",
        Note {
            secret_wo: crate::protocol::WriteOnly(Value::Value("hunter2".into())),
            ..Note::default()
        }
    )
    .contains("hunter2"));
}

#[tokio::test]
async fn a_call_that_is_under_way_at_the_end_is_answered() {
    let client = Client::new().await;
    let request = apply(null(), sent(note("waits")));
    let (answer, ()) = tokio::join!(
        client.call::<ApplyResourceChangeResponse>("ApplyResourceChange", request),
        async {
            super::notes::UNDER_WAY.acquire().await.unwrap().forget();
            client.shut_down().await;
            super::notes::MAY_END.add_permits(1);
        }
    );
    assert_eq!(received(&answer.new_state), note("waits"));
}
