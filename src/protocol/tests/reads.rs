//! Everything else than the life of a resource: the provider itself, stored states, imports, data sources, lists, actions.

use super::client::{received, sent, told, Client, STOPS};
use crate::protocol::messages::*;
use serde_json::json;
use std::sync::atomic::Ordering;

fn config(text: &str) -> Option<DynamicValue> {
    sent(json!({ "id": null, "text": text, "secret_wo": null, "lines": null }))
}

fn validate(type_name: &str, text: &str) -> ValidateConfigRequest {
    ValidateConfigRequest {
        type_name: type_name.into(),
        config: config(text),
    }
}

async fn imported(id: &str, identity: Option<serde_json::Value>) -> ImportResourceStateResponse {
    let request = ImportResourceStateRequest {
        type_name: "test_note".into(),
        id: id.into(),
        identity: identity.map(|identity| IdentityData {
            identity_data: sent(identity),
        }),
        ..ImportResourceStateRequest::default()
    };
    Client::new().await.call("ImportResourceState", request).await
}

async fn listed(text: &str, limit: i64, include_resource_object: bool) -> Vec<ListResourceEvent> {
    let request = ListResourceRequest {
        type_name: "test_note".into(),
        config: config(text),
        include_resource_object,
        limit,
    };
    Client::new().await.stream("ListResource", request).await
}

async fn invoked(text: &str) -> Vec<ActionEvent> {
    let request = InvokeActionRequest {
        action_type: "test_shout".into(),
        config: config(text),
        ..Default::default()
    };
    let events: Vec<InvokeActionEvent> = Client::new().await.stream("InvokeAction", request).await;
    events.into_iter().map(|event| event.event.unwrap()).collect()
}

fn completed(events: Vec<ActionEvent>) -> Vec<Diagnostic> {
    match events.into_iter().last() {
        Some(ActionEvent::Completed(completed)) => completed.diagnostics,
        other => panic!("{other:?}"),
    }
}

/// What the calls about a note with this text tell, that are not of a resource's life.
pub(super) async fn diagnostics_of_other_calls(text: &str) -> Vec<Vec<Diagnostic>> {
    let client = Client::new().await;
    let mut told = Vec::new();
    for (method, type_name) in [
        ("ValidateResourceConfig", "test_note"),
        ("ValidateDataResourceConfig", "test_note"),
        ("ValidateListResourceConfig", "test_note"),
        ("ValidateActionConfig", "test_shout"),
    ] {
        let answer: ValidateConfigResponse = client.call(method, validate(type_name, text)).await;
        told.push(answer.diagnostics);
    }
    let request = ReadDataSourceRequest {
        type_name: "test_note".into(),
        config: config(text),
        ..Default::default()
    };
    let answer: ReadDataSourceResponse = client.call("ReadDataSource", request).await;
    told.push(answer.diagnostics);
    let request = PlanActionRequest {
        action_type: "test_shout".into(),
        config: config(text),
        ..Default::default()
    };
    let answer: PlanActionResponse = client.call("PlanAction", request).await;
    told.push(answer.diagnostics);
    told.push(imported(text, None).await.diagnostics);
    told.push(listed(text, 9, false).await.pop().unwrap().diagnostics);
    told.push(completed(invoked(text).await));
    told
}

#[tokio::test]
async fn every_call_answers_a_message_that_says_nothing() {
    let client = Client::new().await;
    for (method, expected) in [
        ("GetMetadata", true),
        ("GetProviderSchema", true),
        ("GetResourceIdentitySchemas", true),
        ("ValidateProviderConfig", true),
        ("ValidateResourceConfig", true),
        ("ValidateDataResourceConfig", true),
        ("ValidateListResourceConfig", true),
        ("ValidateActionConfig", true),
        ("ConfigureProvider", true),
        ("UpgradeResourceState", true),
        ("UpgradeResourceIdentity", true),
        ("MoveResourceState", true),
        ("ImportResourceState", true),
        ("ReadResource", true),
        ("PlanResourceChange", true),
        ("ApplyResourceChange", true),
        ("ReadDataSource", true),
        ("GetFunctions", true),
        ("CallFunction", true),
        ("PlanAction", true),
        ("ListResource", true),
        ("InvokeAction", true),
        // What a provider may leave out, which Terraform knows by the schema.
        ("GenerateResourceConfig", false),
        ("OpenEphemeralResource", false),
        ("GetStates", false),
    ] {
        let (status, _) = client.answer(method, vec![0; 5].into()).await;
        assert_eq!(status == "0", expected, "{method}: {status}");
    }
}

#[tokio::test]
async fn a_name_that_is_not_served_is_an_error_that_repeats_it() {
    let client = Client::new().await;
    let name = || "test_nothing".to_owned();
    let plan = PlanResourceChangeRequest {
        type_name: name(),
        ..Default::default()
    };
    let plan: PlanResourceChangeResponse = client.call("PlanResourceChange", plan).await;
    let read = ReadResourceRequest {
        type_name: name(),
        ..Default::default()
    };
    let read: ReadResourceResponse = client.call("ReadResource", read).await;
    let source: ValidateConfigResponse = client
        .call("ValidateDataResourceConfig", validate("test_nothing", ""))
        .await;
    let list = ListResourceRequest {
        type_name: name(),
        ..Default::default()
    };
    let list: Vec<ListResourceEvent> = client.stream("ListResource", list).await;
    let action: ValidateConfigResponse = client.call("ValidateActionConfig", validate("test_nothing", "")).await;
    for (diagnostics, what) in [
        (&plan.diagnostics, "Unknown resource"),
        (&read.diagnostics, "Unknown resource"),
        (&source.diagnostics, "Unknown data source"),
        (&list[0].diagnostics, "Unknown list resource"),
        (&action.diagnostics, "Unknown action"),
    ] {
        assert_eq!(told(diagnostics), [(what, String::new())]);
        assert!(diagnostics[0].detail.contains("test_nothing"));
    }
    let call = CallFunctionRequest {
        name: name(),
        ..Default::default()
    };
    let call: CallFunctionResponse = client.call("CallFunction", call).await;
    assert!(call.error.unwrap().text.contains("test_nothing"));
}

#[tokio::test]
async fn what_is_served_is_told() {
    let client = Client::new().await;
    let metadata: GetMetadataResponse = client.call("GetMetadata", GetMetadataRequest {}).await;
    let schema: GetProviderSchemaResponse = client.call("GetProviderSchema", GetProviderSchemaRequest {}).await;
    let names = |names: &[TypeName]| names.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&metadata.resources), ["test_note"]);
    assert_eq!(names(&metadata.data_sources), ["test_note"]);
    assert_eq!(names(&metadata.list_resources), ["test_note"]);
    assert_eq!(names(&metadata.actions), ["test_shout"]);
    for capabilities in [metadata.server_capabilities, schema.server_capabilities.clone()] {
        let capabilities = capabilities.unwrap();
        assert!(
            capabilities.plan_destroy && capabilities.get_provider_schema_optional && capabilities.move_resource_state
        );
    }
    let note = &schema.resource_schemas["test_note"];
    assert_eq!(note.version, 2);
    let attributes = &note.block.as_ref().unwrap().attributes;
    let summary: Vec<_> = attributes
        .iter()
        .map(|one| (one.name.as_str(), one.write_only, one.nested_type.is_some()))
        .collect();
    assert_eq!(
        summary,
        [
            ("id", false, false),
            ("lines", false, true),
            ("secret_wo", true, false),
            ("text", false, false)
        ]
    );
    super::assert_follows_terraforms_rules(&schema);
    let identities: GetIdentitySchemasResponse = client
        .call("GetResourceIdentitySchemas", GetIdentitySchemasRequest {})
        .await;
    let id = &identities.identity_schemas["test_note"].identity_attributes[0];
    assert!((id.name.as_str(), id.required_for_import) == ("id", true));
}

#[tokio::test]
async fn the_provider_is_configured_and_told_to_stop() {
    let client = Client::new().await;
    let request = ValidateProviderConfigRequest {
        config: sent(json!({ "nowhere": "x" })),
    };
    let answer: ValidateProviderConfigResponse = client.call("ValidateProviderConfig", request).await;
    assert_eq!(told(&answer.diagnostics), [("It fails", ".nowhere".into())]);
    let request = ConfigureProviderRequest {
        terraform_version: "1.99.0".into(),
        ..Default::default()
    };
    let answer: ConfigureProviderResponse = client.call("ConfigureProvider", request).await;
    assert_eq!(answer.diagnostics[0].detail, "By 1.99.0.");
    let before = STOPS.load(Ordering::Relaxed);
    for _ in 0..2 {
        let stopped: StopResponse = client.call("StopProvider", StopRequest {}).await;
        assert_eq!(stopped.error, "");
    }
    assert_eq!(STOPS.load(Ordering::Relaxed), before + 2);
    // What comes after is answered.
    let _: GetMetadataResponse = client.call("GetMetadata", GetMetadataRequest {}).await;
}

async fn upgraded(version: i64, state: &'static str) -> UpgradeResourceStateResponse {
    let request = UpgradeResourceStateRequest {
        type_name: "test_note".into(),
        version,
        raw_state: Some(RawState {
            json: state.into(),
            ..RawState::default()
        }),
    };
    Client::new().await.call("UpgradeResourceState", request).await
}

#[tokio::test]
async fn a_state_of_an_earlier_version_is_upgraded() {
    let answer = upgraded(0, r#"{"id": "1", "body": "hello"}"#).await;
    assert_eq!(told(&answer.diagnostics), []);
    assert_eq!(
        received(&answer.upgraded_state),
        json!({ "id": "1", "text": "hello", "lines": null })
    );
    let as_it_was = r#"{"id": "1", "text": "hello"}"#;
    let answer = upgraded(2, as_it_was).await;
    assert_eq!(&answer.upgraded_state.unwrap().json[..], as_it_was.as_bytes());
}

#[tokio::test]
async fn a_state_that_cannot_be_upgraded_is_an_error() {
    for (version, state, summary) in [
        (-1, "{}", "no such version"),
        (3, "{}", "The state was written by a newer version of the provider"),
        (0, "{\"id\": \"secret", "The state cannot be read"),
        (2, "", "The state cannot be read"),
    ] {
        let answer = upgraded(version, state).await;
        assert_eq!(
            told(&answer.diagnostics),
            [(summary, String::new())],
            "version {version}"
        );
        assert!(!answer.diagnostics[0].detail.contains("secret"));
        assert_eq!(answer.upgraded_state, None);
    }
}

#[tokio::test]
async fn an_identity_is_kept_and_one_of_another_version_is_not() {
    let client = Client::new().await;
    let request = |version| UpgradeIdentityRequest {
        type_name: "test_note".into(),
        version,
        raw_identity: Some(RawState {
            json: br#"{"id":"1"}"#.as_slice().into(),
            ..RawState::default()
        }),
    };
    let answer: UpgradeIdentityResponse = client.call("UpgradeResourceIdentity", request(0)).await;
    assert_eq!(
        received(&answer.upgraded_identity.unwrap().identity_data),
        json!({ "id": "1" })
    );
    let answer: UpgradeIdentityResponse = client.call("UpgradeResourceIdentity", request(1)).await;
    assert_eq!(answer.diagnostics.len(), 1);
}

#[tokio::test]
async fn a_resource_moves_from_a_type_that_is_known_and_from_no_other() {
    let client = Client::new().await;
    let request = |source: &str| MoveResourceStateRequest {
        source_provider_address: "registry.terraform.io/test/test".into(),
        source_type_name: source.into(),
        source_schema_version: 4,
        source_state: Some(RawState {
            json: br#"{"number": "7"}"#.as_slice().into(),
            ..RawState::default()
        }),
        target_type_name: "test_note".into(),
        ..MoveResourceStateRequest::default()
    };
    let answer: MoveResourceStateResponse = client.call("MoveResourceState", request("test_letter")).await;
    assert_eq!(
        received(&answer.target_state),
        json!({ "id": "7", "text": "moved", "lines": null })
    );
    let answer: MoveResourceStateResponse = client.call("MoveResourceState", request("test_parcel")).await;
    assert_eq!(
        told(&answer.diagnostics),
        [("The resource cannot be moved to another type", String::new())]
    );
    assert_eq!(answer.target_state, None);
}

#[tokio::test]
async fn an_import_is_by_id_or_by_identity() {
    for answer in [
        imported("7", None).await,
        imported("", Some(json!({ "id": "7" }))).await,
    ] {
        assert_eq!(told(&answer.diagnostics), []);
        let [imported] = answer.imported_resources.as_slice() else {
            panic!("{answer:?}")
        };
        assert_eq!(received(&imported.state)["id"], "7");
        assert_eq!(
            received(&imported.identity.as_ref().unwrap().identity_data),
            json!({ "id": "7" })
        );
        assert!(imported.private.is_empty());
    }
    for incomplete in [json!(null), json!({}), json!({ "id": null }), json!({ "name": "7" })] {
        let answer = imported("", Some(incomplete)).await;
        assert_eq!(
            told(&answer.diagnostics),
            [("The identity is not complete", String::new())]
        );
    }
}

#[tokio::test]
async fn a_data_source_is_read() {
    let request = ReadDataSourceRequest {
        type_name: "test_note".into(),
        config: config("hello"),
        ..Default::default()
    };
    let answer: ReadDataSourceResponse = Client::new().await.call("ReadDataSource", request).await;
    assert_eq!(received(&answer.state)["id"], "read");
}

#[tokio::test]
async fn a_list_holds_as_much_as_is_asked_for() {
    let events = listed("all", 2, false).await;
    let names: Vec<_> = events.iter().map(|event| event.display_name.as_str()).collect();
    assert_eq!(names, ["Note 1", "Note 2"]);
    assert_eq!(
        received(&events[1].identity.as_ref().unwrap().identity_data),
        json!({ "id": "2" })
    );
    assert_eq!(events[1].resource_object, None);
    let events = listed("all", 9, true).await;
    assert_eq!(events.len(), 3);
    assert_eq!(received(&events[2].resource_object)["id"], "3");
    assert!(listed("all", -1, true).await.is_empty());
    let events = listed("fails", 9, true).await;
    assert_eq!(events.len(), 1, "there are resources beside the error");
    let events = listed("warns", 9, true).await;
    assert!(events.len() == 4 && events[3].identity.is_none());
}

#[tokio::test]
async fn an_action_tells_what_it_did_and_how_it_ended() {
    let events = invoked("hello").await;
    let [ActionEvent::Progress(progress), ActionEvent::Completed(completed)] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!((progress.message.as_str(), completed.diagnostics.len()), ("HELLO", 0));
    let events = invoked("fails").await;
    assert_eq!(events.len(), 1);
}
