//! Reads what was asked for from the server, and gives each object its name in the configuration.

use super::error::AdoptError;
use super::named::Named;
use super::names::Names;
use super::options::Options;
use crate::cli::progress::Progress;
use crate::kapacitor::{Client, Error};
use crate::provider::inventory::{self, LeftOut, Objects, ResourceType, TaskChoice};

/// One kind of objects, as it was read.
pub(super) struct Adopted {
    /// What resources are made of it.
    pub kind: ResourceType,
    /// The file that they stand in.
    pub file: &'static str,
    /// What a person calls one of it.
    pub noun: &'static str,
    /// Those that were adopted.
    pub objects: Vec<Named>,
    /// Those that were not.
    pub left_out: Vec<LeftOut>,
}

impl Adopted {
    fn new(kind: ResourceType, file: &'static str, noun: &'static str, objects: Objects, options: &Options) -> Self {
        let mut names = Names::default();
        let last_word = noun.rsplit(' ').next().unwrap_or(noun);
        let wanted = objects
            .objects
            .into_iter()
            .filter(|object| options.wants_name(&object.name) || options.wants_name(&object.id));
        let is_asked_for = |one: &LeftOut| options.wants_name(&one.id);
        Adopted {
            objects: wanted
                .map(|object| Named {
                    name: names.next(&object.name, last_word),
                    object,
                })
                .collect(),
            left_out: objects.left_out.into_iter().filter(is_asked_for).collect(),
            kind,
            file,
            noun,
        }
    }

    /// How many there are.
    pub(super) fn tally(&self) -> String {
        let adopted = inventory::counted(self.objects.len(), self.noun);
        format!("{adopted}, {} left out", self.left_out.len())
    }

    /// The address of one of them.
    pub(super) fn address(&self, named: &Named) -> String {
        format!("{}.{}", self.kind.name, named.name)
    }
}

/// Reads all kinds that are asked for.
pub(super) async fn read(client: &Client, options: &Options, progress: &Progress) -> Result<Vec<Adopted>, AdoptError> {
    let mut adopted = Vec::new();
    if options.wants("endpoints") {
        let doing = "reading the endpoints";
        progress.step(doing);
        let read = told(doing, inventory::endpoints(client).await)?;
        let kind = inventory::endpoint_type();
        adopted.push(Adopted::new(kind, "endpoints.tf", "endpoint", read, options));
    }
    adopted.extend(tasks(client, options, progress).await?);
    if options.wants("handlers") {
        let doing = "reading the handlers of topics";
        progress.step(doing);
        let advance = |done, all| progress.advance(doing, done, all);
        let read = told(doing, inventory::handlers(client, &advance).await)?;
        let kind = inventory::handler_type();
        adopted.push(Adopted::new(kind, "topic_handlers.tf", "topic handler", read, options));
    }
    for choice in client.default_choices() {
        let (what, others) = (choice.what, choice.others.join(", "));
        progress.say(&format!(
            "Chronograf has several connections of the kind {what}; this is from {}, and not from {others}: --chronograf-{what} \
             names one",
            choice.chosen
        ));
    }
    for one in &adopted {
        progress.say(&one.tally());
    }
    Ok(adopted)
}

async fn tasks(client: &Client, options: &Options, progress: &Progress) -> Result<Vec<Adopted>, AdoptError> {
    let choice = TaskChoice {
        rules: options.wants("rules"),
        tasks: options.wants("tasks"),
        templates: options.wants("templates"),
        upgrade_rules: options.upgrade_rules,
    };
    let mut adopted = Vec::new();
    if !choice.rules && !choice.tasks && !choice.templates {
        return Ok(adopted);
    }
    let doing = "reading the rules, tasks and templates";
    progress.step(doing);
    let advance = |done, all| progress.advance(doing, done, all);
    let read = told(doing, inventory::tasks(client, choice, &advance).await)?;
    if choice.rules {
        let kind = inventory::rule_type();
        adopted.push(Adopted::new(kind, "rules.tf", "rule", read.rules, options));
    }
    if choice.templates {
        let kind = inventory::template_type();
        adopted.push(Adopted::new(kind, "templates.tf", "template", read.templates, options));
    }
    if choice.tasks {
        let kind = inventory::task_type();
        adopted.push(Adopted::new(kind, "tasks.tf", "task", read.tasks, options));
    }
    Ok(adopted)
}

fn told<T>(doing: &'static str, read: Result<T, Error>) -> Result<T, AdoptError> {
    read.map_err(|source| AdoptError::Read { doing, source })
}
