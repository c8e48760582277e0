//! From flat attributes to a rule: checks each attribute as far as it is known, and builds the rule where all are.

mod filter;
mod handlers;
mod posts;
mod script_webhooks;
mod template;
#[cfg(test)]
mod tests;
mod trigger;
mod validation;

use self::validation::{flag, Use, Validation};
use super::attributes::{Need, Presence, ATTRIBUTES};
use super::script;
use super::{AttributePath, Definition, Rule, RuleError, RuleSpec, TriggerKind};
use crate::template::Place;
use crate::tickscript::{self, Program};

pub use self::handlers::text_problem;
pub use self::script_webhooks::{script_webhook_problems, WebhookProblem};
pub use self::template::template_problem;

impl RuleSpec {
    /// What is wrong with the attributes, as far as they are known. Empty for a rule that can be built, or that may
    /// turn out to be one when the rest is known.
    ///
    /// It does not look at the script as a whole, which [`RuleSpec::examine`] does.
    pub fn check(&self) -> Vec<RuleError> {
        let mut validation = Validation::default();
        let _ = validation.make(self, |definition| program(&definition));
        validation.errors.append(&mut validation.policy);
        validation.errors
    }

    /// What is wrong with the attributes and, where a rule can be so, the rule.
    pub fn validate(&self) -> Validated {
        Validation::validate(self)
    }
}

impl Rule {
    /// Builds a rule that a server may hold although we would let nobody write it: one that Kapacitor runs and that will
    /// do no good, such as a range whose bounds are swapped.
    ///
    /// # Errors
    /// The attributes that are unknown, missing or contradictory, or that TICKscript cannot express.
    pub fn from_server(spec: &RuleSpec) -> Result<Rule, Vec<RuleError>> {
        spec.validate().found()
    }
}

impl TryFrom<RuleSpec> for Rule {
    type Error = Vec<RuleError>;

    /// Builds the rule.
    ///
    /// # Errors
    /// All that [`RuleSpec::check`] finds, or that an attribute is still unknown.
    fn try_from(spec: RuleSpec) -> Result<Rule, Vec<RuleError>> {
        let validated = spec.validate();
        let errors = validated.errors();
        if errors.is_empty() {
            validated.found()
        } else {
            Err(errors)
        }
    }
}

fn refused(reason: impl std::fmt::Display) -> RuleError {
    RuleError::new(
        AttributePath::root("name"),
        format!("The rule cannot be written: {reason}."),
    )
}

/// The statements of a rule, as they are written and not yet as Kapacitor reads them.
fn program(definition: &Definition) -> Result<Program, RuleError> {
    script::program(definition).map_err(refused)
}

/// Joins a definition and its script.
fn written(definition: Definition) -> Result<Rule, RuleError> {
    let program = program(&definition)?;
    // A line break in an option of a handler makes Kapacitor print the call over several lines when it has read it.
    let program = tickscript::parse(&program.to_string()).map_err(|error| refused(error.kind()))?;
    Ok(Rule {
        definition,
        script: program.to_string(),
        program,
    })
}

/// What came of an examination.
#[derive(Debug)]
pub struct Validated {
    rule: Option<Rule>,
    errors: Vec<RuleError>,
    policy: Vec<RuleError>,
}

impl Validated {
    /// What is wrong with the attributes, as far as they are known.
    pub fn errors(&self) -> Vec<RuleError> {
        self.errors.iter().chain(&self.policy).cloned().collect()
    }

    /// The rule, be it a wise one or not; none where an attribute is not known yet or no rule can be so.
    pub fn rule(self) -> Option<Rule> {
        self.found().ok()
    }

    fn found(self) -> Result<Rule, Vec<RuleError>> {
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        self.rule.ok_or_else(|| {
            vec![RuleError::new(
                AttributePath::root("name"),
                "An attribute of the rule is not known yet.",
            )]
        })
    }
}

impl Validation {
    fn validate(spec: &RuleSpec) -> Validated {
        let mut validation = Validation::default();
        let rule = validation.make(spec, written);
        Validated {
            rule,
            errors: validation.errors,
            policy: validation.policy,
        }
    }

    /// What `make` makes of the definition, where there is one.
    fn make<T>(&mut self, spec: &RuleSpec, make: impl FnOnce(Definition) -> Result<T, RuleError>) -> Option<T> {
        match make(self.definition(spec)?) {
            Ok(made) => Some(made),
            Err(error) => {
                self.errors.push(error);
                None
            }
        }
    }

    fn definition(&mut self, spec: &RuleSpec) -> Option<Definition> {
        let kind = self.word::<TriggerKind>("trigger", &spec.trigger);
        self.presence(spec, kind);
        let name = self.required_text("name", &spec.name, Use::Name);
        self.template(&AttributePath::root("name"), &spec.name, Place::Id);
        let database = self.required_text("database", &spec.database, Use::Name);
        let retention_policy = self.text_or("retention_policy", &spec.retention_policy, Use::Name);
        let measurement = self.required_text("measurement", &spec.measurement, Use::Name);
        let group_by = self.group_by(&spec.group_by);
        let tags = self.tags(spec);
        let trigger = self.trigger(spec, kind);
        let message = self.text_or("message", &spec.message, Use::Text);
        self.template(&AttributePath::root("message"), &spec.message, Place::Message);
        let details = self.text_or("details", &spec.details, Use::Text);
        self.template(&AttributePath::root("details"), &spec.details, Place::Details);
        let posts = self.posts(&spec.posts);
        let handlers = self.handlers(&spec.handlers);
        Some(Definition {
            name: name?,
            database: database?,
            retention_policy: retention_policy?,
            measurement: measurement?,
            group_by: group_by?,
            tags: tags?,
            trigger: trigger?,
            message: message?,
            details: details?,
            state_changes_only: flag("state_changes_only", &spec.state_changes_only)?,
            no_recoveries: flag("no_recoveries", &spec.no_recoveries)?,
            flapping: flag("flapping", &spec.flapping)?,
            posts: posts?,
            handlers: handlers?,
        })
    }

    /// Checks which attributes are there, by the table.
    fn presence(&mut self, spec: &RuleSpec, kind: Option<TriggerKind>) {
        for attribute in ATTRIBUTES {
            let state = spec.state(attribute.name);
            let path = AttributePath::root(attribute.name);
            if attribute.presence == Presence::Required && state.is_absent() {
                self.error(path, format!("The attribute {} is required.", attribute.name));
                continue;
            }
            let Some(kind) = kind else { continue };
            match (attribute.need)(kind) {
                Need::Required if state.is_absent() => {
                    self.error(
                        path,
                        format!("The trigger \"{kind}\" needs the attribute {}.", attribute.name),
                    );
                }
                Need::Refused if state.known().is_some() => {
                    self.error(
                        path,
                        format!(
                            "The trigger \"{kind}\" does not take the attribute {}: leave it out.",
                            attribute.name
                        ),
                    );
                }
                _ => {}
            }
        }
    }
}
