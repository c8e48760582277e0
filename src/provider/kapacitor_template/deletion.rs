//! How a template is deleted, unless tasks are made from it.

use super::lifecycle::Failure;
use crate::kapacitor::{Error, Writer};
use crate::provider::diagnostics::{explain, summary_of_write};

/// Deletes a template that no task is made from; there need not be one.
pub(super) async fn delete(mut writes: Writer, id: String) -> Result<(), Failure> {
    let client = writes.client().clone();
    let deleting = |error: Error| Failure {
        summary: summary_of_write("The template could not be deleted", &error),
        detail: explain("deleting the template", &error),
        attribute: None,
        has_written: false,
    };
    let tasks = client.tasks().list_with_templates().await.map_err(deleting)?;
    let users: Vec<String> = tasks
        .into_iter()
        .filter(|task| task.template_id == id)
        .map(|task| format!("- {}", task.id))
        .collect();
    if !users.is_empty() {
        return Err(in_use(&id, &users));
    }
    match writes.delete_template(&id).await {
        // The answer was lost, and the template is gone.
        Err(error) if error.may_have_acted() && matches!(client.templates().get(&id).await, Ok(None)) => Ok(()),
        result => result.map_err(deleting),
    }
}

fn in_use(id: &str, users: &[String]) -> Failure {
    Failure {
        summary: "Tasks are made from the template",
        detail: format!(
            "Kapacitor would delete the template {id:?}, and these tasks could then be neither changed nor disabled, so nothing \
             was deleted:\n{}\n\nDestroy them first, or give them another template or a script. A task of this configuration is \
             destroyed before its template if it refers to it: template_id = squadcast_kapacitor_template.NAME.id",
            users.join("\n")
        ),
        attribute: None,
        has_written: false,
    }
}
