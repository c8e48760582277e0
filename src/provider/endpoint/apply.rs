//! What an apply does to an endpoint.

use super::plan::not_declared;
use super::presence::register::{register, Registration};
use super::presence::undeclared::Undeclared;
use super::presence::Presence;
use super::state::model::{has_options, EndpointState};
use crate::kapacitor::models::EndpointOption;
use crate::kapacitor::{Client, Error, Writer};
use crate::provider::diagnostics::{explain, server_error, summary_of_write};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// The name of an endpoint that nobody has. Removing it changes nothing and leaves no record, but as an accepted update of
/// the section it makes Kapacitor apply what is stored to all live endpoints.
const NOBODYS_ENDPOINT: &str = "terraform-provider-squadcast-reload";

/// Sets a declared endpoint, waits for it, or registers it, as the plan said. None where it failed and the server is as it
/// was before.
pub(super) async fn create(
    diags: &mut Diagnostics,
    client: &Client,
    mut planned: EndpointState,
) -> Option<EndpointState> {
    if is_deferred(&planned) {
        return Some(planned);
    }
    let name = planned.name().to_owned();
    let presence = match Presence::look_up(client, &name, false).await {
        Ok(presence) => presence,
        Err(error) => {
            server_error(diags, "looking the endpoint up", AttributePath::root(), &error);
            return None;
        }
    };
    match (presence, planned.undeclared().unwrap_or_default()) {
        (Presence::Declared(_), _) => {
            planned.set_presence(true, true);
            let is_set = set(diags, client, &planned, &[]).await;
            is_set.then_some(planned)
        }
        (_, Undeclared::Defer) if !planned.is_declared() => {
            planned.set_presence(false, false);
            Some(planned)
        }
        // A plan that found the endpoint declared cannot be fulfilled in another way.
        (presence, Undeclared::Error | Undeclared::Defer) => {
            diags.error(
                "The endpoint is not declared",
                not_declared(&presence, &name),
                AttributePath::new("name"),
            );
            None
        }
        (presence, Undeclared::Register) => {
            register_or_explain(diags, client, &planned, &presence).await?;
            planned.set_presence(false, true);
            Some(planned)
        }
    }
}

/// Sets what changed. None where it failed and the former options are in force again.
pub(super) async fn update(
    diags: &mut Diagnostics,
    client: &Client,
    prior: &EndpointState,
    planned: EndpointState,
) -> Option<EndpointState> {
    if planned.live.is_unknown() || planned.declared.is_unknown() {
        return create(diags, client, planned).await;
    }
    if is_deferred(&planned) {
        return Some(planned);
    }
    let is_set = set(diags, client, &planned, &planned.given_up_since(prior)).await;
    is_set.then_some(planned)
}

/// Gives the values of kapacitor.conf back, or takes out what was registered. An endpoint that was only waited for was
/// never touched.
pub(super) async fn destroy(diags: &mut Diagnostics, client: &Client, prior: &EndpointState) {
    if !prior.is_declared() && !prior.is_live() {
        return;
    }
    if let Err(error) = remove(client, prior.name()).await {
        server_error(
            diags,
            "removing the endpoint's overrides",
            AttributePath::root(),
            &error,
        );
    }
}

async fn remove(client: &Client, name: &str) -> Result<(), Error> {
    client.writes().await?.remove_endpoint(name).await
}

fn is_deferred(planned: &EndpointState) -> bool {
    planned.declared == Value::Value(false) && planned.live == Value::Value(false)
}

/// Sets the options and sees that they are in force: of two changes of one element at the same time, Kapacitor answers
/// success to both and loses one. Whether they were set, also where it reports an error.
async fn set(diags: &mut Diagnostics, client: &Client, planned: &EndpointState, given_up: &[EndpointOption]) -> bool {
    let mut writes = match client.writes().await {
        Ok(writes) => writes,
        Err(error) => {
            server_error(diags, "setting the endpoint", AttributePath::root(), &error);
            return false;
        }
    };
    let options = planned.options();
    let error = match writes.set_endpoint(planned.name(), &options, given_up).await {
        Ok(()) => return see_that_it_is_set(diags, &writes, planned).await,
        Err(error) => error,
    };
    if was_carried_out(&writes, planned, given_up, &error).await {
        return true;
    }
    let reverted = reload_live_endpoints(&mut writes).await;
    let summary = summary_of_write("The endpoint could not be set", &error);
    diags.error(summary, refused(&error, reverted), attribute_of(&error));
    false
}

/// Whether options whose answer was lost are set all the same. A password cannot be seen, nor that an override is gone.
async fn was_carried_out(writes: &Writer, planned: &EndpointState, given_up: &[EndpointOption], error: &Error) -> bool {
    let is_lost = error.status().is_none() && error.may_have_acted();
    let can_be_seen = planned.options().basic_auth.is_none() && given_up.is_empty();
    is_lost && can_be_seen && shows_options(writes, planned).await.unwrap_or(false)
}

async fn see_that_it_is_set(diags: &mut Diagnostics, writes: &Writer, planned: &EndpointState) -> bool {
    match shows_options(writes, planned).await {
        Ok(true) => true,
        Ok(false) => {
            diags.root_error(
                "The endpoint was changed by somebody else at the same time",
                "Kapacitor accepted the endpoint's options, but shows others. Something else sets the same endpoint; stop \
                 it, or make it this configuration's, then apply again.",
            );
            false
        }
        Err(error) => {
            diags.root_error(
                "The endpoint was set, but could not be read back",
                format!(
                    "{}\n\nKapacitor accepted the endpoint's options. Apply again to see that they are in force.",
                    explain("reading the endpoint back", &error)
                ),
            );
            true
        }
    }
}

async fn shows_options(writes: &Writer, planned: &EndpointState) -> Result<bool, Error> {
    let endpoint = writes.client().httppost().get(planned.name()).await?;
    Ok(endpoint.is_some_and(|endpoint| has_options(&endpoint, &planned.options())))
}

/// Where Kapacitor refuses an option, the live endpoint has taken the others of the same request already, though nothing
/// was stored. The next accepted update of the section puts that right.
async fn reload_live_endpoints(writes: &mut Writer) -> Result<(), Error> {
    writes.remove_endpoint(NOBODYS_ENDPOINT).await
}

fn refused(error: &Error, reverted: Result<(), Error>) -> String {
    let cause = explain("setting the endpoint", error);
    match reverted {
        Ok(()) => format!("{cause}\n\nThe endpoint delivers as it did before."),
        Err(_) => format!(
            "{cause}\n\nThe endpoint may deliver with the refused options until its next change: Kapacitor could not be told \
             to go back. Apply again as soon as it answers."
        ),
    }
}

/// The attribute that Kapacitor's words are about.
fn attribute_of(error: &Error) -> AttributePath {
    let words = error.kapacitor_message().unwrap_or_default();
    let attribute = [
        ("alert-template-file", "alert_template_file"),
        ("row-template-file", "row_template_file"),
        ("read template file", "alert_template_file"),
        ("parse template", "alert_template"),
        ("option headers", "headers"),
        ("option url", "url"),
    ]
    .into_iter()
    .find(|(word, _)| words.contains(word));
    attribute.map_or_else(AttributePath::root, |(_, name)| AttributePath::new(name))
}

async fn register_or_explain(
    diags: &mut Diagnostics,
    client: &Client,
    planned: &EndpointState,
    presence: &Presence,
) -> Option<()> {
    let exists = matches!(presence, Presence::Added(_));
    match register(client, planned.name(), &planned.options(), exists).await {
        Ok(Registration::Live) => Some(()),
        Ok(Registration::NotLive(reason)) => {
            diags.error(
                "The endpoint does not go live",
                format!("{reason}\n\n{}", not_declared(presence, planned.name())),
                AttributePath::new("undeclared"),
            );
            None
        }
        Err(error) => {
            server_error(diags, "registering the endpoint", AttributePath::root(), &error);
            None
        }
    }
}
