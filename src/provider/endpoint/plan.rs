//! What a plan shows for an endpoint: what exists, and what an apply would come to.

use super::conf::{declaration, kapacitor_conf};
use super::presence::undeclared::Undeclared;
use super::presence::Presence;
use super::state::model::EndpointState;
use super::state::preserve_secrets::{preserve_secrets, warn_of_unmanaged_credentials, Prior};
use super::state::private_state::{Credentials, PrivateState};
use crate::kapacitor::{Client, ErrorKind};
use crate::provider::diagnostics::server_error;
use crate::provider::environment;
use crate::provider::webhook::check_url_of_variable;
use crate::template::Place;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// Plans the creation. A server that cannot be reached may still be created by the same apply, so it fails no plan; one
/// that answers with a refusal, or lacks the declaration, does.
pub(super) async fn plan_create(
    diags: &mut Diagnostics,
    client: Option<Client>,
    mut planned: EndpointState,
    config: &EndpointState,
) -> (EndpointState, PrivateState) {
    let mut private = preserve_secrets(diags, &mut planned, config, None);
    planned.id = planned.name.clone();
    plan_url(diags, &mut planned, &mut private);
    leave_write_only_open(&mut planned, None);
    planned.kapacitor_conf = kapacitor_conf(&planned);
    planned.declared = Value::Unknown;
    planned.live = Value::Unknown;
    let (Some(client), Value::Value(name)) = (client, planned.name.clone()) else {
        return (planned, private);
    };
    match Presence::look_up(&client, &name, false).await {
        Ok(presence) => {
            warn_of_adopted_credentials(diags, &presence, &planned);
            report_undeclared(diags, &presence, &planned);
            // An endpoint that need not be declared may come to be, or no longer be, between the plan and the apply, which plans
            // once more.
            if matches!(presence, Presence::Declared(_)) && planned.undeclared() == Some(Undeclared::Error) {
                planned.set_presence(true, true);
            }
        }
        Err(error)
            if matches!(error.kind(), ErrorKind::Status { .. } | ErrorKind::NotUnderstood { .. })
                && !error.is_retryable() =>
        {
            server_error(diags, "looking the endpoint up", AttributePath::root(), &error);
        }
        Err(error) => tracing::info!("the plan could not look the endpoint up: {error}"),
    }
    (planned, private)
}

/// Plans a change of an element that the state knows.
pub(super) fn plan_update(
    diags: &mut Diagnostics,
    prior: Prior,
    mut planned: EndpointState,
    config: &EndpointState,
) -> (EndpointState, PrivateState) {
    let mut private = preserve_secrets(diags, &mut planned, config, Some(prior));
    let Prior { state: prior, .. } = prior;
    if let Some(problem) = environment::problem(&planned.url_env) {
        let unchanged = with_computed_of(&planned, prior);
        if unchanged == *prior && prior.is_live() {
            environment::warn_of_missing(diags, problem, AttributePath::new("url_env"));
            return (unchanged, private);
        }
    }
    plan_url(diags, &mut planned, &mut private);
    leave_write_only_open(&mut planned, Some(prior));
    planned.kapacitor_conf = kapacitor_conf(&planned);
    planned.id = prior.id.clone();
    planned.declared = prior.declared;
    planned.live = prior.live;
    if planned.url_fingerprint.is_value() && planned.url_fingerprint != prior.url_fingerprint {
        warn_of_unmanaged_credentials(diags, &still_unmanaged(&planned, &private.unmanaged));
    }
    if !prior.is_declared() && !prior.is_live() {
        report_undeclared(diags, &Presence::Missing, &planned);
        match planned.undeclared() {
            Some(Undeclared::Defer) => planned.set_presence(false, false),
            Some(Undeclared::Register) => {
                planned.declared = Value::Value(false);
                planned.live = Value::Unknown;
            }
            Some(Undeclared::Error) | None => {}
        }
    }
    (planned, private)
}

/// The plan, if the server has what the state says.
fn with_computed_of(planned: &EndpointState, prior: &EndpointState) -> EndpointState {
    EndpointState {
        id: prior.id.clone(),
        url_fingerprint: prior.url_fingerprint.clone(),
        declared: prior.declared,
        live: prior.live,
        kapacitor_conf: prior.kapacitor_conf.clone(),
        ..planned.clone()
    }
}

/// What this plan begins to set is managed from now on.
fn still_unmanaged(planned: &EndpointState, unmanaged: &[Credentials]) -> Vec<Credentials> {
    let is_unmanaged = |which: &Credentials| match which {
        Credentials::Headers => !planned.manages_headers(),
        Credentials::BasicAuth => planned.basic_auth.is_null(),
    };
    unmanaged.iter().copied().filter(is_unmanaged).collect()
}

fn warn_of_adopted_credentials(diags: &mut Diagnostics, presence: &Presence, planned: &EndpointState) {
    let (Presence::Declared(endpoint), Value::Value(url)) = (presence, planned.effective_url()) else {
        return;
    };
    if endpoint.url.expose() != url {
        warn_of_unmanaged_credentials(diags, &planned.unmanaged_credentials(endpoint));
    }
}

fn plan_url(diags: &mut Diagnostics, planned: &mut EndpointState, private: &mut PrivateState) {
    private.set_fingerprint(planned);
    if private.url_variables.lacks(&planned.url_env) {
        planned.url_fingerprint = Value::Unknown;
    }
    let at = AttributePath::new("url_env");
    private.url_variables.check(diags, &planned.url_env, at.clone());
    if let Some(problem) = environment::problem(&planned.url_env) {
        diags.error("The environment variable is not set", problem, at);
    } else if !planned.url_env.is_null() {
        check_url_of_variable(diags, at, &planned.effective_url(), Place::EndpointUrl);
    }
}

/// A write-only URL may be another one by the time of the apply, so that a plan shows only that it is still the same. While it
/// is not known, its version says so.
fn leave_write_only_open(planned: &mut EndpointState, prior: Option<&EndpointState>) {
    if planned.url_wo.0.is_null() {
        return;
    }
    let is_same = prior.is_some_and(|prior| {
        let is_same_version = planned.url_wo_version == prior.url_wo_version;
        planned.url_fingerprint == prior.url_fingerprint || planned.url_wo.0.is_unknown() && is_same_version
    });
    planned.url_fingerprint = match prior {
        Some(prior) if is_same => prior.url_fingerprint.clone(),
        _ => Value::Unknown,
    };
}

fn report_undeclared(diags: &mut Diagnostics, presence: &Presence, planned: &EndpointState) {
    let name = planned.name();
    match (presence, planned.undeclared()) {
        (Presence::Declared(_), _) | (_, Some(Undeclared::Register) | None) => {}
        (presence, Some(Undeclared::Error)) => diags.error(
            "The endpoint is not declared",
            not_declared(presence, name),
            AttributePath::new("name"),
        ),
        (presence, Some(Undeclared::Defer)) => diags.warning(
            "The endpoint waits for its declaration",
            waits(presence, name),
            AttributePath::new("undeclared"),
        ),
    }
}

/// The text of the error for an endpoint that kapacitor.conf does not declare.
pub(super) fn not_declared(presence: &Presence, name: &str) -> String {
    let origin = match presence {
        Presence::Added(_) => format!(
            "The endpoint {name:?} was added through Kapacitor's API, not declared in kapacitor.conf. Kapacitor lists it, \
             but delivers nothing to it; and once it is declared as well, Kapacitor no longer starts (\"duplicate \
             elements\"). Remove it first: POST {{\"remove\":[{name:?}]}} to /kapacitor/v1/config/httppost."
        ),
        _ => format!(
            "kapacitor.conf does not declare the endpoint {name:?}, and Kapacitor delivers nothing to an endpoint that is \
             only added through its API. Nothing was written."
        ),
    };
    format!("{origin}\n\nThere are three ways on:\n{}", ways_on(name))
}

fn ways_on(name: &str) -> String {
    format!(
        "1. Declare it in kapacitor.conf, restart Kapacitor, and apply again (the attribute kapacitor_conf of the resource \
         has it with all its values):\n\n{}\n\
         2. Set undeclared = \"defer\": nothing is written until it is declared, and rules that carry both the endpoint's \
         name and its URL deliver all the same.\n\
         3. Leave this resource out, and give the rules' `post` the URL alone.",
        declaration(name)
    )
}

fn waits(presence: &Presence, name: &str) -> String {
    let advice = match presence {
        Presence::Added(_) => format!(
            " An element of that name was added through Kapacitor's API, which does not make it live. Remove it before it is \
             declared, or Kapacitor will not start: POST {{\"remove\":[{name:?}]}} to /kapacitor/v1/config/httppost."
        ),
        _ => String::new(),
    };
    format!(
        "kapacitor.conf does not declare the endpoint {name:?}, so nothing is written to Kapacitor and `live` is false. \
         Rules that carry both its name and its URL deliver to the URL; a rule with the name alone cannot start.{advice} \
         Once it is declared and Kapacitor was restarted, the next apply sets it:\n\n{}",
        declaration(name)
    )
}
