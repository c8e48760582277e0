//! What an apply does to a template.

use super::deletion;
use super::lifecycle::{self, Created, Failure};
use super::state::model::KapacitorTemplateState;
use super::{firing, plan};
use crate::kapacitor::models::{NewTemplate, Task, Template};
use crate::kapacitor::Client;
use crate::provider::task::script::printed;
use crate::provider::values::known;
use crate::secret::Key;
use tf_provider::{AttributePath, Diagnostics};

/// Creates the template. None where nothing was left behind.
pub(super) async fn create(
    diags: &mut Diagnostics,
    client: &Client,
    planned: KapacitorTemplateState,
    may_replace: bool,
    key: &Key,
) -> Option<KapacitorTemplateState> {
    let wanted = wanted(diags, &planned)?;
    let created = client
        .uninterrupted(move |writes| lifecycle::create(writes, wanted, may_replace))
        .await;
    match created {
        Ok(Created {
            template,
            was_there,
            unsettled,
        }) => {
            if was_there && !may_replace {
                warn_of_found(diags, &template.id);
            }
            if let Some(failure) = unsettled {
                diags.root_warning(
                    "A task does not follow the template",
                    format!(
                        "The template was created, and a task that was made from a former template of this id could not be given \
                         its script. {} The next plan shows it, and an apply tries again.",
                        failure.detail
                    ),
                );
            }
            Some(finished_as_planned(diags, planned, &template, key))
        }
        Err(failure) => {
            report(diags, failure);
            None
        }
    }
}

/// Changes the template in place. None where all is as it was before.
pub(super) async fn update(
    diags: &mut Diagnostics,
    client: &Client,
    prior: &KapacitorTemplateState,
    planned: KapacitorTemplateState,
    key: &Key,
) -> Option<KapacitorTemplateState> {
    let wanted = wanted(diags, &planned)?;
    let writes_script = plan::changes_script(&planned, prior);
    let followers = followers(client, prior.id()).await;
    let open = firing::open_before(client, &followers).await;
    let former_id = prior.id().to_owned();
    let updated = client
        .uninterrupted(move |writes| lifecycle::update(writes, former_id, wanted, writes_script))
        .await;
    let lost = firing::lost(client, &followers, open).await;
    firing::report_lost(diags, &lost);
    match updated {
        Ok(template) => Some(finished_as_planned(diags, planned, &template, key)),
        Err(failure) => {
            let has_written = failure.has_written;
            report(diags, failure);
            match has_written {
                true => as_left(client, prior, planned, key).await,
                false => None,
            }
        }
    }
}

async fn followers(client: &Client, id: &str) -> Vec<Task> {
    let tasks = client.tasks().list_with_templates().await.unwrap_or_default();
    tasks.into_iter().filter(|task| task.template_id == id).collect()
}

/// The template as a failure left it; none if that cannot be seen.
async fn as_left(
    client: &Client,
    prior: &KapacitorTemplateState,
    planned: KapacitorTemplateState,
    key: &Key,
) -> Option<KapacitorTemplateState> {
    for id in [planned.id().to_owned(), prior.id().to_owned()] {
        if let Ok(Some(template)) = client.templates().get(&id).await {
            let tasks = client.tasks().list_with_templates().await.unwrap_or_default();
            let is_former = known(prior.source()).and_then(printed).as_ref() == Some(&template.script);
            let base = if is_former { prior.clone() } else { planned };
            return Some(base.finished(&template, &tasks, key));
        }
    }
    None
}

/// Deletes the template, unless tasks are made from it.
pub(super) async fn destroy(diags: &mut Diagnostics, client: &Client, prior: &KapacitorTemplateState) {
    let id = prior.id().to_owned();
    let deleted = client.uninterrupted(|writes| deletion::delete(writes, id)).await;
    if let Err(failure) = deleted {
        report(diags, failure);
    }
}

fn report(diags: &mut Diagnostics, failure: Failure) {
    let at = failure.attribute.map_or_else(AttributePath::root, AttributePath::new);
    diags.error(failure.summary, failure.detail, at);
}

fn wanted(diags: &mut Diagnostics, planned: &KapacitorTemplateState) -> Option<NewTemplate> {
    let wanted = planned.wanted();
    if wanted.is_none() {
        diags.root_error(
            "The provider has a bug",
            "A value of the template is not known at the time of the apply. Please report this to the provider's authors.",
        );
    }
    wanted
}

fn warn_of_found(diags: &mut Diagnostics, id: &str) {
    diags.root_warning(
        "The template was there already",
        format!(
            "Kapacitor had the template {id:?} with the script of this one, so Terraform took it over instead of creating it. That \
             is right after an apply that broke off or whose state was lost. If another configuration manages it too, both would \
             own it: give this one another `template_id` then."
        ),
    );
}

/// The planned state with what the server now says of the template, which somebody may have changed since the plan.
fn finished_as_planned(
    diags: &mut Diagnostics,
    planned: KapacitorTemplateState,
    template: &Template,
    key: &Key,
) -> KapacitorTemplateState {
    let finished = planned.clone().finished(template, &[], key);
    if planned.tickscript.is_value() && planned.tickscript != finished.tickscript {
        diags.root_error(
            "The template is not as it was planned",
            "The template was written, and Kapacitor then showed it with another script: somebody else has changed it since the \
             plan was made. Plan and apply again.",
        );
    }
    finished
}
