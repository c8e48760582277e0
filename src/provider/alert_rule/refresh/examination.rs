//! A rule's attributes, examined once for the refresh and for the plan that Terraform makes right after it.
//!
//! Writing a rule's script is most of what either has to do. In a plan without a change both examine the same attributes.

use crate::provider::task::fields::shown;
use crate::provider::values::Text;
use crate::rule::{Rule, RuleError, RuleSpec};
use crate::secret::Key;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tf_provider::value::Value;

/// What came of examining attributes.
pub(crate) struct Examination {
    spec: RuleSpec,
    /// What is wrong with them, as far as they are known.
    pub errors: Vec<RuleError>,
    /// The rule, and its script as the attribute `tickscript` has it; none where an attribute is not known yet or no rule
    /// can be so.
    pub rule: Option<(Rule, Text)>,
    /// The key of the script's fingerprints; none without a rule, unless the resource has one already.
    pub key: Option<Key>,
}

impl Examination {
    /// Examines attributes. A rule that has no key of fingerprints yet gets one.
    pub(crate) fn of(spec: RuleSpec, key: Option<&Key>) -> Self {
        let examined = spec.validate();
        let errors = examined.errors();
        let Some(rule) = examined.rule() else {
            return Examination {
                spec,
                errors,
                rule: None,
                key: key.cloned(),
            };
        };
        let key = key.cloned().unwrap_or_else(|| rule.fingerprint_key());
        let tickscript = redacted(&rule, &key);
        Examination {
            spec,
            errors,
            rule: Some((rule, tickscript)),
            key: Some(key),
        }
    }
}

/// How many examinations wait for their plan at most. Terraform plans a rule as soon as it has refreshed it, so that there
/// are as many as its `-parallelism`; a refresh without a plan would leave them all.
const MOST: usize = 64;

/// The examinations that wait for their plan, by the id of the task.
#[derive(Default)]
pub(crate) struct Examinations(Mutex<HashMap<String, Examination>>);

impl Examinations {
    /// Keeps an examination for the plan.
    pub(crate) fn keep(&self, id: &str, examination: Examination) {
        let mut waiting = self.lock();
        if waiting.len() >= MOST {
            waiting.clear();
        }
        waiting.insert(id.to_owned(), examination);
    }

    /// The examination of these attributes: the one that was kept, or else a new one.
    pub(crate) fn of(&self, id: &str, spec: RuleSpec, key: Option<&Key>) -> Examination {
        let kept = self.lock().remove(id);
        kept.filter(|kept| kept.spec == spec && kept.key.as_ref() == key)
            .unwrap_or_else(|| Examination::of(spec, key))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Examination>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rule's script as the attribute `tickscript` has it.
pub(crate) fn redacted(rule: &Rule, key: &Key) -> Text {
    Value::Value(shown(rule.redacted_tickscript(key)))
}

#[cfg(test)]
mod tests {
    use super::{Examination, Examinations, MOST};
    use crate::rule::RuleSpec;

    fn named(name: &str) -> RuleSpec {
        RuleSpec {
            name: name.into(),
            ..RuleSpec::default()
        }
    }

    fn waiting(examinations: &Examinations) -> usize {
        examinations.lock().len()
    }

    #[test]
    fn attributes_that_have_changed_are_examined_anew() {
        let examinations = Examinations::default();
        examinations.keep("a", Examination::of(named("before"), None));
        let after = examinations.of("a", named("{{ unclosed"), None);
        assert_eq!(after.errors, named("{{ unclosed").check());
        assert_ne!(after.errors, named("before").check());
    }

    #[test]
    fn what_no_plan_asks_for_does_not_pile_up() {
        let examinations = Examinations::default();
        for number in 0..10 * MOST {
            examinations.keep(&number.to_string(), Examination::of(named("any"), None));
            assert!(waiting(&examinations) <= MOST);
        }
        examinations.of(&(10 * MOST - 1).to_string(), named("any"), None);
        let left = waiting(&examinations);
        examinations.of("unknown", named("any"), None);
        assert_eq!(waiting(&examinations), left);
    }
}
