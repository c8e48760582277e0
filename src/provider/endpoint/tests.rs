//! An endpoint's way from an element of the server to the state, and from a configuration to its plan.

use super::apply::create;
use super::plan::{plan_create, plan_update};
use super::state::model::{BasicAuthAttributes, EndpointState};
use super::state::preserve_secrets::Prior;
use super::state::private_state::PrivateState;
use crate::kapacitor::models::Endpoint;
use crate::kapacitor::{Client, ClientConfig, KapacitorAuth, Secret};
use crate::provider::environment::testing;
use crate::provider::values::{text_map, Text, TextMap};
use crate::secret::Key;
use sandbox::{HttpPost, KapacitorConf, Options, Sandbox};
use std::collections::BTreeMap;
use tf_provider::value::Value;
use tf_provider::Diagnostics;

const URL: &str = "https://hooks.example.com/key";
const OTHER: &str = "https://other.example.com/key";
const VARIABLE: &str = "HOOK";

fn text(value: &str) -> Text {
    Value::Value(value.to_owned())
}

fn map(entries: &[(&str, &str)]) -> TextMap {
    let entries = entries
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    text_map(entries.collect::<BTreeMap<_, _>>())
}

fn element(url: &str, headers: &[(&str, &str)]) -> Endpoint {
    Endpoint {
        name: "squadcast".into(),
        url: Secret::from(url),
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Secret::from(*value)))
            .collect(),
        basic_auth: false,
        alert_template: String::new(),
        alert_template_file: String::new(),
        row_template: String::new(),
        row_template_file: String::new(),
    }
}

/// What the element of the tests sends along.
const HEADERS: &[(&str, &str)] = &[
    ("Authorization", "Bearer of-kapacitor-conf"),
    ("Content-Type", "application/json"),
];

#[derive(Clone)]
struct Kept {
    state: EndpointState,
    private: PrivateState,
}

fn imported(element: &Endpoint) -> Kept {
    let mut state = EndpointState::imported(element, &Key::random());
    state.set_presence(true, true);
    let private = PrivateState {
        headers_are_imported: true,
        ..PrivateState::default()
    };
    Kept { state, private }.read(element)
}

/// As it is after an apply.
fn configured(config: &EndpointState) -> Kept {
    let mut state = EndpointState {
        id: config.name.clone(),
        ..config.clone()
    };
    let mut private = PrivateState::default();
    private.set_fingerprint(&mut state);
    state.set_presence(true, true);
    let private = private.after_write(&state);
    Kept { state, private }
}

impl Kept {
    fn read(&self, element: &Endpoint) -> Kept {
        let Kept { mut state, mut private } = self.clone();
        private.remember_variables(&state);
        state.refresh(element, &mut private);
        Kept { state, private }
    }

    fn plan(&self, config: &EndpointState) -> (EndpointState, PrivateState, Diagnostics) {
        let mut diags = Diagnostics::default();
        let mut proposed = config.clone();
        if proposed.url.is_null() {
            proposed.url = self.state.url.clone();
        }
        if proposed.sensitive_headers.is_null() {
            proposed.sensitive_headers = self.state.sensitive_headers.clone();
        }
        let prior = Prior {
            state: &self.state,
            private: &self.private,
        };
        let (planned, private) = plan_update(&mut diags, prior, proposed, config);
        (planned, private, diags)
    }
}

fn errors(diags: &Diagnostics) -> Vec<String> {
    diags.errors.iter().map(|error| error.attribute.to_string()).collect()
}

fn warnings(diags: &Diagnostics) -> Vec<String> {
    diags
        .warnings
        .iter()
        .map(|warning| warning.attribute.to_string())
        .collect()
}

/// The configuration that Terraform generates for a state: all that the schema does not compute, but for secrets.
fn generated(state: &EndpointState) -> EndpointState {
    EndpointState {
        name: state.name.clone(),
        headers: state.headers.clone(),
        alert_template: state.alert_template.clone(),
        basic_auth: state.basic_auth.clone(),
        ..EndpointState::default()
    }
}

/// The headers that kapacitor.conf declares for the endpoint stay, and no URL has to be set.
#[test]
fn the_generated_configuration_of_an_imported_endpoint_changes_nothing() {
    for headers in [HEADERS, &HEADERS[..1], &HEADERS[1..], &[]] {
        let element = element(URL, headers);
        let kept = imported(&element);
        let config = generated(&kept.state);
        assert!(config.url.is_null() && config.sensitive_headers.is_null());
        let (planned, _, diags) = kept.plan(&config);
        assert_eq!((errors(&diags), warnings(&diags)), (vec![], vec![]));
        let same = |state: &EndpointState| {
            (
                state.url.clone(),
                state.headers.clone(),
                state.sensitive_headers.clone(),
            )
        };
        assert_eq!(same(&planned), same(&kept.state));
        assert_eq!(planned.url_fingerprint, kept.state.url_fingerprint);
        assert_eq!(planned.given_up_since(&kept.state), []);
    }
}

#[test]
fn an_endpoint_without_any_url_is_an_error_of_the_plan() {
    let config = EndpointState {
        name: text("squadcast"),
        ..EndpointState::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut diags = Diagnostics::default();
    // A replacement proposes what the former endpoint had.
    let proposed = EndpointState {
        url: text(URL),
        sensitive_headers: map(&[("Authorization", "of-the-former")]),
        ..config.clone()
    };
    let (planned, _) = runtime.block_on(plan_create(&mut diags, None, proposed, &config));
    assert_eq!(errors(&diags), ["url"]);
    assert!(planned.url.is_null() && planned.sensitive_headers.is_null());

    testing::set(VARIABLE, URL);
    let from_variable = EndpointState {
        url_env: text(VARIABLE),
        ..config.clone()
    };
    let (_, _, diags) = configured(&from_variable).plan(&config);
    assert_eq!(errors(&diags), ["url"]);
}

/// Secret headers that were imported go to no other URL, whatever says which that is.
#[test]
fn imported_headers_go_to_no_other_url() {
    testing::set(VARIABLE, URL);
    testing::set("OTHER_HOOK", OTHER);
    let kept = imported(&element(URL, HEADERS));
    let at = |url: &str, variable: &str| EndpointState {
        url: Some(url).filter(|url| !url.is_empty()).map_or(Value::Null, text),
        url_env: Some(variable).filter(|name| !name.is_empty()).map_or(Value::Null, text),
        ..generated(&kept.state)
    };
    for (config, is_other) in [
        (at(URL, ""), false),
        (at("", VARIABLE), false),
        (at("", ""), false),
        (at(OTHER, ""), true),
        (at("", "OTHER_HOOK"), true),
    ] {
        let (planned, private, diags) = kept.plan(&config);
        let expected = match is_other {
            true => vec!["sensitive_headers".to_owned()],
            false => vec![],
        };
        assert_eq!(errors(&diags), expected, "{config:?}");
        assert_eq!(planned.sensitive_headers.is_null(), is_other);
        assert!(private.headers_are_imported);

        // Set explicitly, they go where the configuration sends them, and are no longer imported ones.
        for headers in [map(&[]), map(&[("Authorization", "of-the-new")])] {
            let config = EndpointState {
                sensitive_headers: headers.clone(),
                ..config.clone()
            };
            let (planned, private, diags) = kept.plan(&config);
            assert_eq!((planned.sensitive_headers, errors(&diags)), (headers, vec![]));
            assert!(!private.headers_are_imported);
        }
    }
    let unknown = EndpointState {
        url: Value::Unknown,
        ..generated(&kept.state)
    };
    let (planned, _, diags) = kept.plan(&unknown);
    assert!(planned.sensitive_headers.is_unknown() && diags.errors.is_empty());
}

/// The variable holds another URL than before, and the headers that were imported with the former one stay with that.
#[test]
fn imported_headers_do_not_follow_a_variable_to_another_url() {
    testing::set(VARIABLE, URL);
    let element = element(URL, HEADERS);
    let config = EndpointState {
        url_env: text(VARIABLE),
        ..generated(&imported(&element).state)
    };
    let (planned, mut private, _) = imported(&element).plan(&config);
    let mut state = planned;
    private.set_fingerprint(&mut state);
    let kept = Kept {
        private: private.after_write(&state),
        state,
    };
    let (_, _, diags) = kept.read(&element).plan(&config);
    assert_eq!(errors(&diags), Vec::<String>::new());
    testing::set(VARIABLE, OTHER);
    let (_, _, diags) = kept.read(&element).plan(&config);
    assert_eq!(errors(&diags), ["sensitive_headers"]);
}

/// A configuration that had headers and has none any more gives those of kapacitor.conf back, as it always did.
#[test]
fn headers_that_the_configuration_set_are_not_kept_without_it() {
    let config = EndpointState {
        name: text("squadcast"),
        url: text(URL),
        sensitive_headers: map(&[("Authorization", "mine")]),
        ..EndpointState::default()
    };
    let kept = configured(&config).read(&element(URL, &[("Authorization", "mine")]));
    let without = EndpointState {
        sensitive_headers: Value::Null,
        ..config
    };
    let (planned, ..) = kept.plan(&without);
    assert!(planned.sensitive_headers.is_null());
}

/// A header that somebody adds on the server is a secret unless its name is known to be harmless, and goes with the next
/// apply.
#[test]
fn headers_that_somebody_added_are_sensitive_and_taken_out_again() {
    let config = EndpointState {
        name: text("squadcast"),
        url: text(URL),
        headers: map(&[("Content-Type", "application/json"), ("X-Team", "sre")]),
        ..EndpointState::default()
    };
    let added = element(
        URL,
        &[
            ("Accept", "*/*"),
            ("Authorization", "Bearer planted"),
            ("Content-Type", "text/plain"),
            ("X-Team", "dev"),
        ],
    );
    let read = configured(&config).read(&added);
    let shown = map(&[("Accept", "*/*"), ("Content-Type", "text/plain"), ("X-Team", "dev")]);
    assert_eq!(read.state.headers, shown);
    assert_eq!(
        read.state.sensitive_headers,
        map(&[("Authorization", "Bearer planted")])
    );
    let (planned, _, diags) = read.plan(&config);
    assert_eq!(
        (planned.headers, planned.sensitive_headers),
        (config.headers, Value::Null)
    );
    assert_eq!(errors(&diags), Vec::<String>::new());

    // Beside headers that were imported: those stay, also after a second refresh.
    let kept = imported(&element(URL, HEADERS));
    let with_more = element(URL, &[HEADERS, &[("X-Api-Key", "planted")]].concat());
    let read = kept.read(&with_more);
    for read in [read.clone(), read.read(&with_more)] {
        let (planned, _, diags) = read.plan(&generated(&kept.state));
        assert_eq!(planned.sensitive_headers, kept.state.sensitive_headers);
        assert_eq!(errors(&diags), Vec::<String>::new());
    }
}

/// The variable holds another URL at the apply of a saved plan.
#[test]
fn a_variable_that_changed_since_the_plan_is_an_error_that_names_it() {
    testing::set(VARIABLE, URL);
    let config = EndpointState {
        name: text("squadcast"),
        url_env: text(VARIABLE),
        ..EndpointState::default()
    };
    let read = configured(&config).read(&element(URL, &[]));
    let (planned, _, diags) = read.plan(&config);
    assert_eq!(
        (planned.url_fingerprint, errors(&diags)),
        (read.state.url_fingerprint.clone(), vec![])
    );
    testing::set(VARIABLE, OTHER);
    let (_, _, diags) = read.plan(&config);
    assert_eq!(errors(&diags), ["url_env"]);
    assert!(diags.errors[0].detail.contains("\"HOOK\""), "{:?}", diags.errors);
    let (planned, _, diags) = read.read(&element(URL, &[])).plan(&config);
    assert!(planned.url_fingerprint.is_value() && diags.errors.is_empty());

    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (planned, _) = runtime.block_on(plan_create(&mut Diagnostics::default(), None, config.clone(), &config));
    assert!(planned.url_fingerprint.is_unknown());
}

/// Credentials of somebody else follow the element to the URL that the resource sets: nothing can keep Kapacitor from it,
/// but the plan says so.
#[test]
fn credentials_that_the_resource_does_not_set_are_warned_of_before_they_go_to_another_url() {
    let config = |url: &str| EndpointState {
        name: text("squadcast"),
        url: text(url),
        basic_auth: Value::Null,
        ..EndpointState::default()
    };
    let foreign = Endpoint {
        basic_auth: true,
        ..element(URL, HEADERS)
    };
    let kept = configured(&config(URL)).read(&foreign);
    let plan = |config: &EndpointState| warnings(&kept.plan(config).2);
    assert_eq!(plan(&config(URL)), Vec::<String>::new());
    assert_eq!(plan(&config(OTHER)), ["sensitive_headers", "basic_auth"]);
    let managed = EndpointState {
        headers: map(&[]),
        basic_auth: Value::Value(BasicAuthAttributes {
            username: text("user"),
            password: text("password"),
            ..BasicAuthAttributes::default()
        }),
        ..config(OTHER)
    };
    assert_eq!(plan(&managed), Vec::<String>::new());
    let harmless = configured(&config(URL)).read(&element(URL, &HEADERS[1..]));
    assert_eq!(warnings(&harmless.plan(&config(OTHER)).2), Vec::<String>::new());
}

/// An apply plans each creation once more, and somebody may have declared the endpoint by then. Terraform takes it for a bug
/// if what the plan knew is not the same.
#[tokio::test]
async fn a_declaration_that_comes_after_the_plan_changes_nothing_that_the_plan_knew() {
    for undeclared in ["defer", "register"] {
        let server = Sandbox::start(Options {
            conf: KapacitorConf::declaring([]),
            ..Options::default()
        })
        .await
        .unwrap();
        let config = ClientConfig::direct(server.kapacitor_url(), KapacitorAuth::None);
        let client = Client::new(config).unwrap();
        let wanted = EndpointState {
            name: text("squadcast"),
            url: text("http://127.0.0.1:9/hook"),
            undeclared: text(undeclared),
            ..EndpointState::default()
        };
        let plan = || async {
            let mut diags = Diagnostics::default();
            let planned = plan_create(&mut diags, Some(client.clone()), wanted.clone(), &wanted)
                .await
                .0;
            assert!(diags.errors.is_empty(), "{diags:#?}");
            planned
        };
        let first = plan().await;
        let declared = HttpPost::new("squadcast", "http://127.0.0.1:9/from-conf");
        server.restart(KapacitorConf::declaring([declared])).await.unwrap();
        let second = plan().await;
        assert_eq!(
            (first.declared, first.live),
            (second.declared, second.live),
            "{undeclared}"
        );
        let mut diags = Diagnostics::default();
        let created = create(&mut diags, &client, second).await.expect("it is declared");
        assert!(created.is_declared() && created.is_live());
    }
}
