//! The ids of tasks and templates: what cannot be one, and two that exchange theirs.

use crate::harness::{join, Resource, Server, Workspace};

fn task(label: &str, id: &str, field: &str) -> Resource {
    Resource::new("squadcast_kapacitor_task", label)
        .text("task_id", id)
        .set("dbrps", r#"["telegraf.autogen"]"#)
        .text(
            "script",
            &format!("stream|from().measurement('cpu').where(lambda: isPresent(\"{field}\"))|httpOut('cpu')"),
        )
}

/// Terraform changes both at once, and Kapacitor renames a task only to an id that is free.
#[test]
fn two_tasks_exchange_their_ids_by_a_third_one() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let [one, other, third] = ["one", "other", "third"].map(|id| server.unique(id).replace(' ', "-"));
    let configured = |first: &str, second: &str| join(&[task("first", first, "a"), task("second", second, "b")]);
    workspace.apply(&configured(&one, &other)).succeeds();
    let before = server.snapshot();
    let errors = workspace.apply(&configured(&other, &one)).fails();
    assert_eq!(errors.len(), 2, "{errors:#?}");
    for error in &errors {
        assert_eq!(error.summary, "Another task has the id");
        error.mentions(&[&one, &other, "third id"]);
    }
    assert_eq!(server.snapshot(), before);

    workspace.apply(&configured(&third, &other)).succeeds();
    workspace.apply(&configured(&third, &one)).succeeds();
    workspace.apply(&configured(&other, &one)).succeeds();
    workspace.plan().is_empty();
    for (id, field) in [(&other, "\"a\""), (&one, "\"b\"")] {
        let task = server.api().task(id).unwrap();
        assert!(task["script"].as_str().unwrap().contains(field), "{task:#?}");
    }
    workspace.destroy().succeeds();
}

/// It is required, and there is no name to make one from.
#[test]
fn an_id_that_cannot_be_one_is_not_to_be_left_out() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let errors = workspace.apply_resource(&task("own", "a task", "a")).fails();
    assert_eq!(errors.len(), 1, "{errors:#?}");
    errors[0].mentions(&["letters", "digits"]);
    assert!(!errors[0].detail.contains("out"), "{errors:#?}");
}

#[test]
fn two_templates_exchange_their_ids_by_a_third_one() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let template = |label: &str, id: &str| {
        Resource::new("squadcast_kapacitor_template", label)
            .text("template_id", &server.unique(id).replace(' ', "-"))
            .text(
                "script",
                &format!("stream|from().measurement('{label}')|httpOut('cpu')"),
            )
    };
    let configured = |first: &str, second: &str| join(&[template("first", first), template("second", second)]);
    workspace.apply(&configured("one", "other")).succeeds();
    let errors = workspace.apply(&configured("other", "one")).fails();
    assert_eq!(errors.len(), 2, "{errors:#?}");
    for error in &errors {
        assert_eq!(error.summary, "Kapacitor has another template of this id");
        error.mentions(&["third id"]);
    }
    for (first, second) in [("third", "other"), ("third", "one"), ("other", "one")] {
        workspace.apply(&configured(first, second)).succeeds();
    }
    workspace.plan().is_empty();
    workspace.destroy().succeeds();
}
