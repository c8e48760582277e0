//! The resource's state, and the template that it describes.

use crate::kapacitor::models::{NewTemplate, Task, TaskType, Template};
use crate::kapacitor::Secret;
use crate::protocol::WriteOnly;
use crate::provider::task::script::{printed, redacted, type_name, type_of};
use crate::provider::values::{known, text_list, text_map, Text, TextList, TextMap};
use crate::rule;
use crate::secret::Key;
use crate::tickscript::{self, Program};
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;

/// The resource as Terraform has it: configuration, plan or state.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct KapacitorTemplateState {
    pub id: Text,
    pub template_id: Text,
    pub script: Text,
    pub script_wo: WriteOnly<String>,
    pub script_wo_version: Text,
    pub r#type: Text,
    pub tickscript: Text,
    pub vars: TextMap,
    pub required_vars: TextList,
    pub outdated_tasks: TextList,
}

impl KapacitorTemplateState {
    /// The template's id; empty if it is not known.
    pub(crate) fn id(&self) -> &str {
        known(&self.id).unwrap_or_default()
    }

    /// The script, plain or write-only.
    pub(crate) fn source(&self) -> &Text {
        match &self.script_wo.0 {
            Value::Null => &self.script,
            write_only => write_only,
        }
    }

    /// The script, if it is known and parses.
    pub(crate) fn program(&self) -> Option<Program> {
        tickscript::parse(known(self.source())?).ok()
    }

    /// Takes over what only the configuration has.
    pub(crate) fn take_write_only(&mut self, config: &Self) {
        self.script_wo = config.script_wo.clone();
    }

    /// What of the resource no message may show.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        let script = known(self.source());
        let secrets = script.map(rule::script_secrets).unwrap_or_default();
        secrets.into_iter().map(Secret::from).collect()
    }

    /// The key of fingerprints for a template that has none yet: the same whenever it is made.
    pub(crate) fn fingerprint_key(&self) -> Option<Key> {
        let source = known(self.source())?;
        let secrets = rule::script_secrets(source);
        Some(Key::derived(secrets.iter().map(String::as_str), [source]))
    }

    /// The template as it is to be; none while something of it is not known.
    pub(crate) fn wanted(&self) -> Option<NewTemplate> {
        Some(NewTemplate {
            id: known(&self.template_id)?.to_owned(),
            task_type: self.program().map_or(TaskType::Stream, |program| type_of(&program)),
            script: known(self.source())?.to_owned(),
            secrets: self.secrets(),
        })
    }

    /// Takes over what the server has. A script that Kapacitor prints in this way keeps the form that the configuration gave it.
    pub(crate) fn refresh(&mut self, template: &Template, tasks: &[Task], key: &Key) {
        self.id = Value::Value(template.id.clone());
        self.template_id = self.id.clone();
        let is_write_only = !self.script_wo_version.is_null();
        if !is_write_only && known(&self.script).and_then(printed).as_ref() != Some(&template.script) {
            self.script = Value::Value(template.script.clone());
        }
        self.r#type = Value::Value(type_name(template.task_type).to_owned());
        self.tickscript = redacted(&template.script, key);
        let program = tickscript::parse(&template.script).unwrap_or_default();
        self.show_vars(&program);
        self.outdated_tasks = text_list(outdated(template, tasks));
    }

    /// Shows which vars the script declares.
    pub(crate) fn show_vars(&mut self, program: &Program) {
        let declared = program.declared_vars();
        let required = declared.iter().filter(|var| var.value.is_none());
        self.required_vars = text_list(required.map(|var| var.name.clone()).collect());
        self.vars = text_map(declared.into_iter().map(|var| (var.name, var.kind)).collect());
    }

    /// The state of a template that was written, with what the server now says of it.
    pub(crate) fn finished(mut self, template: &Template, tasks: &[Task], key: &Key) -> Self {
        self.refresh(template, tasks, key);
        self
    }
}

/// The ids of the tasks that are made from the template and do not have its script.
fn outdated(template: &Template, tasks: &[Task]) -> Vec<String> {
    let outdated = tasks
        .iter()
        .filter(|task| task.template_id == template.id && task.script != template.script);
    outdated.map(|task| task.id.clone()).collect()
}
