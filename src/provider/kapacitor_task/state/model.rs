//! The resource's state, and the task that it describes.

use crate::kapacitor::models::{Status, Task, Vars};
use crate::kapacitor::Secret;
use crate::protocol::WriteOnly;
use crate::provider::kapacitor_task::dbrps;
use crate::provider::kapacitor_task::vars;
use crate::provider::task::fields::error_of;
use crate::provider::task::script::{printed, redacted, type_name, type_of};
use crate::provider::task::{same_vars, ManagedTask, TaskAttributes, WantedTask};
use crate::provider::values::{known, known_entries, names, text_map, Text, TextMap};
use crate::rule;
use crate::secret::names::is_secret_name;
use crate::secret::{escaped, Key};
use crate::tickscript::{self, Program};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tf_provider::value::Value;

/// The resource as Terraform has it: configuration, plan or state.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct KapacitorTaskState {
    #[serde(flatten)]
    pub task: TaskAttributes,
    pub script: Text,
    pub secrets: TextMap,
    pub secrets_wo: WriteOnly<BTreeMap<String, Text>>,
    pub secrets_wo_version: Text,
    pub r#type: Text,
    /// The script of the template, as far as it was read.
    #[serde(skip)]
    pub template_script: Option<String>,
    /// The script as the configuration has it, if `script` has it as Kapacitor prints it, which may not read back as the same.
    #[serde(skip)]
    pub configured_script: Option<String>,
}

impl KapacitorTaskState {
    /// The script that the task runs, as far as it is known: its own, or that of its template.
    pub(crate) fn source(&self) -> Option<&str> {
        match self.task.template_id.is_null() {
            true => self.configured_script.as_deref().or_else(|| known(&self.script)),
            false => self.template_script.as_deref(),
        }
    }

    /// Takes over the script as the configuration has it.
    pub(crate) fn take_configured_script(&mut self, config: &Self) {
        self.configured_script = known(&config.script).map(str::to_owned);
    }

    /// That script, if it parses.
    pub(crate) fn program(&self) -> Option<Program> {
        tickscript::parse(self.source()?).ok()
    }

    /// All vars that are known, secret or not.
    pub(crate) fn all_vars(&self) -> BTreeMap<String, String> {
        let mut all = known_entries(&self.task.vars);
        all.extend(self.all_secrets());
        all
    }

    fn all_secrets(&self) -> BTreeMap<String, String> {
        let mut all = known_entries(&self.secrets);
        all.extend(known_entries(&self.secrets_wo.0));
        all
    }

    /// What of the resource no message may show.
    pub(crate) fn secret_texts(&self) -> Vec<Secret> {
        let of_script = known(&self.script).map(rule::script_secrets).unwrap_or_default();
        let given = self.all_secrets().into_values();
        of_script.into_iter().chain(given).map(Secret::from).collect()
    }

    /// The key of fingerprints for a task that has none yet: the same whenever it is made. What only the configuration has may
    /// be another one at the apply.
    pub(crate) fn fingerprint_key(&self) -> Option<Key> {
        let source = self.source()?;
        let mut secrets = rule::script_secrets(source);
        secrets.extend(known_entries(&self.secrets).into_values());
        Some(Key::derived(secrets.iter().map(String::as_str), [source]))
    }

    /// Takes over what the server has. What means the same as before keeps the form that the configuration gave it.
    pub(crate) fn refresh(&mut self, task: &Task, key: &Key) {
        self.task.id = Value::Value(task.id.clone());
        self.task.task_id = self.task.id.clone();
        self.task.enabled = Value::Value(task.status == Status::Enabled);
        self.task.executing = Value::Value(task.executing);
        self.task.error = Value::Value(escaped(&error_of(task)).into_owned());
        self.r#type = Value::Value(type_name(task.task_type).to_owned());
        self.task.tickscript = redacted(&task.script, key);
        if task.template_id.is_empty() {
            self.task.template_id = Value::Null;
            if known(&self.script).and_then(printed).as_ref() != Some(&task.script) {
                self.script = Value::Value(task.script.clone());
            }
        } else {
            self.task.template_id = Value::Value(task.template_id.clone());
            self.script = Value::Null;
        }
        if dbrps::parse_all(&self.task.dbrps).as_ref() != Some(&task.dbrps) {
            self.task.dbrps = dbrps::shown(&task.dbrps);
        }
        self.refresh_vars(task);
    }

    fn refresh_vars(&mut self, task: &Task) {
        let program = tickscript::parse(&task.script).unwrap_or_default();
        let is_same = |vars: Vars| same_vars(&vars, &task.vars);
        if vars::encode(&program, &self.all_vars()).is_ok_and(is_same) {
            if self.secrets.is_unknown() {
                self.secrets = Value::Null;
            }
            return;
        }
        let before = self.all_vars();
        let (were_plain, were_secret) = (known_entries(&self.task.vars), known_entries(&self.secrets));
        let taken = rule::secret_variables(program.clone());
        let looks_secret =
            |name: &str, text: &str| taken.contains(name) || is_secret_name(name) || text.contains("://");
        let is_secret = |name: &str, text: &str| match were_plain.get(name) {
            Some(plain) if plain == text => false,
            _ => were_secret.contains_key(name) || looks_secret(name, text),
        };
        let of_state = task.vars.iter();
        let of_state = of_state.filter(|(name, _)| !names(&self.secrets_wo.0).any(|other| other == name.as_str()));
        let read = of_state.map(|(name, var)| {
            let same = before
                .get(name)
                .filter(|text| vars::is_value_of(&program, name, text, var));
            (name.clone(), same.cloned().unwrap_or_else(|| vars::decode(var)))
        });
        let (secrets, plain): (BTreeMap<_, _>, BTreeMap<_, _>) = read.partition(|(name, text)| is_secret(name, text));
        let as_map = |entries: BTreeMap<String, String>, before: &TextMap| match entries.is_empty() {
            true if !before.is_value() => Value::Null,
            _ => text_map(entries),
        };
        self.task.vars = as_map(plain, &self.task.vars);
        self.secrets = as_map(secrets, &self.secrets);
    }

    pub(crate) fn task(&self, vars: Vars) -> WantedTask {
        let program = self.program().unwrap_or_default();
        let of_script = dbrps::of_script(&program);
        let script = match self.task.template_id.is_null() {
            true => self.source().unwrap_or_default().to_owned(),
            false => String::new(),
        };
        WantedTask {
            id: self.id().to_owned(),
            task_type: type_of(&program),
            printed: match &self.template_script {
                Some(script) => script.clone(),
                None => printed(&script).unwrap_or_default(),
            },
            script,
            script_has_dbrps: !of_script.is_empty(),
            dbrps: match of_script.is_empty() {
                true => dbrps::parse_all(&self.task.dbrps).unwrap_or_default(),
                false => of_script,
            },
            enabled: self.is_enabled(),
            vars,
            template_id: known(&self.task.template_id).unwrap_or_default().to_owned(),
            secrets: self.secret_texts(),
        }
    }
}
