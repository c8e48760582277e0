//! All that a server holds, as an import of each object would give it.

use super::alert_rule::{self, Older};
use super::attributes::{Definition, Given};
use super::config::configuration::{Configuration, ConfigurationError};
use super::config::resolve::Resolved;
pub(crate) use super::diagnostics::counted;
use super::diagnostics::{explain, sentence};
use super::task::task_id;
use super::{endpoint, kapacitor_task, kapacitor_template, topic_handler};
use crate::kapacitor::models::{ListTasks, Status, Task};
use crate::kapacitor::{Client, ClientConfig, Error};
use crate::rule;
use crate::secret;
use serde::Serialize;
use serde_json::{Map, Value as Json};

/// A type of resources.
pub(crate) struct ResourceType {
    /// Its name, such as `squadcast_kapacitor_alert_rule`.
    pub name: &'static str,
    /// Its attributes, in the order of the docs.
    pub attributes: Vec<Definition>,
    /// What an attribute is if a configuration leaves it out.
    pub default: fn(&str) -> Option<Json>,
}

/// An object of a server.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    /// Its import id.
    pub id: String,
    /// What a person calls it.
    pub name: String,
    /// The state that an import gives it.
    pub state: Map<String, Json>,
    /// Whether a plan for it shows a change besides the import.
    pub changes: bool,
}

/// An object that no resource can be made of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LeftOut {
    /// What it is, such as `task`.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Why; never a text of the object that may hold a secret.
    pub reason: String,
}

/// The objects of one type.
#[derive(Default)]
pub(crate) struct Objects {
    /// Those that a resource can be made of, by name and id.
    pub objects: Vec<Object>,
    /// Those of which none can.
    pub left_out: Vec<LeftOut>,
}

/// What the tasks of a server are to become.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TaskChoice {
    /// Whether rules are wanted.
    pub rules: bool,
    /// Whether the tasks that are not rules are.
    pub tasks: bool,
    /// Whether the templates are.
    pub templates: bool,
    /// Whether rules of earlier Chronografs are rules, whose plan shows a change.
    pub upgrade_rules: bool,
}

/// What became of the tasks of a server.
#[derive(Default)]
pub(crate) struct Tasks {
    /// Those that are rules.
    pub rules: Objects,
    /// The others.
    pub tasks: Objects,
    /// The templates that some of them may be made from.
    pub templates: Objects,
}

/// Who is told how much of how much has been read.
pub(crate) type Progress<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// What happened to a request, and what to do.
pub(crate) fn told(doing: &str, error: &Error) -> String {
    secret::shown(&explain(doing, error))
}

/// The client that a configuration and the environment give.
///
/// # Errors
/// A setting is missing or contradicts another one.
pub(crate) fn client(settings: &Map<String, Json>) -> Result<Client, ConfigurationError> {
    let malformed = |detail: String| ConfigurationError {
        attribute: tf_provider::AttributePath::root(),
        detail,
    };
    let configuration: Configuration =
        serde_json::from_value(Json::Object(settings.clone())).map_err(|error| malformed(sentence(error)))?;
    let mut config: ClientConfig = match configuration.resolve(&|variable| std::env::var(variable).ok())? {
        Resolved::Known(settings) => settings.client,
        Resolved::NotYetKnown => return Err(malformed("A setting is not known.".to_owned())),
    };
    config.script_secrets = rule::script_secrets;
    Client::new(config).map_err(|error| malformed(sentence(error)))
}

/// The rules of a server.
pub(crate) fn rule_type() -> ResourceType {
    ResourceType {
        name: "squadcast_kapacitor_alert_rule",
        attributes: alert_rule::definition::attributes(),
        default: default_of_rule,
    }
}

fn default_of_rule(name: &str) -> Option<Json> {
    use rule::Presence;
    match name {
        "enabled" => return Some(Json::Bool(true)),
        "resolve_on_destroy" => return Some(Json::Bool(false)),
        _ => {}
    }
    match rule::attribute(name)?.presence {
        Presence::TextDefault(text) => Some(text.into()),
        Presence::BooleanDefault(boolean) => Some(boolean.into()),
        Presence::Required | Presence::Optional => None,
    }
}

/// The endpoints of a server.
pub(crate) fn endpoint_type() -> ResourceType {
    ResourceType {
        name: "squadcast_kapacitor_endpoint",
        attributes: endpoint::definition::attributes(),
        default: |_| None,
    }
}

/// The tasks of a server that are no rules.
pub(crate) fn task_type() -> ResourceType {
    ResourceType {
        name: "squadcast_kapacitor_task",
        attributes: kapacitor_task::definition::attributes(),
        default: |name| match name {
            "enabled" => Some(Json::Bool(true)),
            "resolve_on_destroy" => Some(Json::Bool(false)),
            _ => None,
        },
    }
}

/// The templates of a server.
pub(crate) fn template_type() -> ResourceType {
    ResourceType {
        name: "squadcast_kapacitor_template",
        attributes: kapacitor_template::definition::attributes(),
        default: |_| None,
    }
}

/// The handlers of a server's topics.
pub(crate) fn handler_type() -> ResourceType {
    ResourceType {
        name: "squadcast_kapacitor_topic_handler",
        attributes: topic_handler::attributes(),
        default: |_| None,
    }
}

/// Reads the tasks, and makes rules of those that are rules; and the templates.
///
/// # Errors
/// As [`Error`] says.
pub(crate) async fn tasks(client: &Client, choice: TaskChoice, progress: Progress<'_>) -> Result<Tasks, Error> {
    let all = all_tasks(client).await?;
    let (count, mut read) = (all.len(), Tasks::default());
    for (done, task) in (1..).zip(&all) {
        if choice.rules || choice.tasks {
            sort_in(&mut read, task, choice).await;
        }
        progress(done, count);
    }
    if choice.templates {
        read.templates = templates(client, &all).await?;
    }
    read.rules.sort();
    read.tasks.sort();
    Ok(read)
}

/// All tasks, with the templates that they are made from, which lists of a Kapacitor before 1.6.2 do not show.
async fn all_tasks(client: &Client) -> Result<Vec<Task>, Error> {
    let listed = client.tasks().list(&ListTasks::default()).await?;
    if client.lists_template_ids() {
        return Ok(listed);
    }
    let mut tasks = Vec::new();
    for task in listed {
        tasks.extend(client.tasks().find(&task.id).await?);
    }
    Ok(tasks)
}

async fn templates(client: &Client, tasks: &[Task]) -> Result<Objects, Error> {
    let mut templates = Objects::default();
    for template in client.templates().list().await? {
        match kapacitor_template::configured(&template, tasks) {
            Ok(config) => templates.objects.push(object(template.id, &config)),
            Err(reason) => templates.leave_out("template", &template.id, &reason),
        }
    }
    templates.sort();
    Ok(templates)
}

async fn sort_in(read: &mut Tasks, task: &Task, choice: TaskChoice) {
    let others = if choice.tasks { &mut read.tasks } else { &mut read.rules };
    if task.status == Status::Enabled && !task.executing {
        others.leave_out(
            "task",
            &task.id,
            "Kapacitor does not execute it, and an apply would start it again",
        );
        return;
    }
    let older = if choice.upgrade_rules {
        Older::Upgraded
    } else {
        Older::Kept
    };
    match alert_rule::found(task, older) {
        Ok(rule) if choice.rules => {
            let mut object = object(task.id.clone(), &rule.state);
            object.changes = rule.changes;
            read.rules.objects.push(object);
        }
        Ok(_) => {}
        Err(_) if choice.tasks => match kapacitor_task::configured(task).await {
            Ok(config) => {
                let mut object = object(task.id.clone(), &config);
                object.name = name_of(task);
                read.tasks.objects.push(object);
            }
            Err(reason) => read.tasks.leave_out("task", &task.id, &reason),
        },
        Err(reason) => read.rules.leave_out("task", &task.id, &reason),
    }
}

/// What a person calls a task: its id, unless Chronograf made it up.
fn name_of(task: &Task) -> String {
    let of_chronograf = task.id.starts_with(task_id::PREFIX) && task.template_id.is_empty();
    let name = of_chronograf.then(|| rule::rule_name(&task.script)).flatten();
    name.unwrap_or_else(|| task.id.clone())
}

/// Reads the handlers of all topics.
///
/// # Errors
/// As [`Error`] says.
pub(crate) async fn handlers(client: &Client, progress: Progress<'_>) -> Result<Objects, Error> {
    let read = topic_handler::inventory(client, progress).await?;
    Ok(objects(read.handlers, "handler", &read.others))
}

/// Reads the endpoints that kapacitor.conf declares, and names the others.
///
/// # Errors
/// As [`Error`] says.
pub(crate) async fn endpoints(client: &Client) -> Result<Objects, Error> {
    let read = endpoint::inventory(client).await?;
    Ok(objects(read.declared, "endpoint", &read.others))
}

fn objects(found: Vec<(String, impl Serialize)>, kind: &'static str, others: &[(String, impl AsRef<str>)]) -> Objects {
    let mut objects = Objects::default();
    let found = found.into_iter().map(|(id, state)| object(id, &state));
    objects.objects.extend(found);
    for (id, reason) in others {
        objects.leave_out(kind, id, reason.as_ref());
    }
    objects.sort();
    objects
}

impl Objects {
    fn leave_out(&mut self, kind: &'static str, id: &str, reason: &str) {
        self.left_out.push(LeftOut {
            kind,
            id: id.to_owned(),
            reason: secret::shown(reason),
        });
    }

    /// What was found by name and id, and what was not by id.
    fn sort(&mut self) {
        self.objects
            .sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
        self.left_out.sort();
    }
}

fn object(id: String, state: &impl Serialize) -> Object {
    let state = match serde_json::to_value(state) {
        Ok(Json::Object(members)) => members,
        _ => Map::new(),
    };
    let name = state.get("name").and_then(Json::as_str).unwrap_or(&id).to_owned();
    Object {
        id,
        name,
        state,
        changes: false,
    }
}

/// Whether a configuration may set an attribute.
pub(crate) fn is_configurable(definition: &Definition) -> bool {
    definition.given != Given::Computed && !definition.write_only
}
