//! A rule's attributes, examined once for the refresh and for the plan that Terraform makes right after it.
//!
//! Writing a rule's script is most of what either has to do. In a plan without a change both examine the same attributes.

use super::refresh::redacted;
use crate::provider::values::Text;
use crate::rule::{Rule, RuleError, RuleSpec};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What came of examining attributes.
pub struct Examination {
    spec: RuleSpec,
    /// What is wrong with them, as far as they are known.
    pub errors: Vec<RuleError>,
    /// The rule, and its script as the attribute `tickscript` has it; none where an attribute is not known yet or no rule
    /// can be so.
    pub rule: Option<(Rule, Text)>,
}

impl Examination {
    /// Examines attributes.
    pub fn of(spec: RuleSpec) -> Self {
        let examined = spec.examine();
        Examination {
            errors: examined.errors(),
            rule: examined.rule().map(|rule| {
                let tickscript = redacted(&rule);
                (rule, tickscript)
            }),
            spec,
        }
    }
}

/// How many examinations wait for their plan at most. Terraform plans a rule as soon as it has refreshed it, so that there
/// are as many as its `-parallelism`; a refresh without a plan would leave them all.
const MOST: usize = 64;

/// The examinations that wait for their plan, by the id of the task.
#[derive(Default)]
pub struct Examinations(Mutex<HashMap<String, Examination>>);

impl Examinations {
    /// Keeps an examination for the plan.
    pub fn keep(&self, id: &str, examination: Examination) {
        let mut waiting = self.lock();
        if waiting.len() >= MOST {
            waiting.clear();
        }
        waiting.insert(id.to_owned(), examination);
    }

    /// The examination of these attributes: the one that was kept, or else a new one.
    pub fn of(&self, id: &str, spec: RuleSpec) -> Examination {
        let kept = self.lock().remove(id);
        kept.filter(|kept| kept.spec == spec)
            .unwrap_or_else(|| Examination::of(spec))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Examination>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
        examinations.keep("a", Examination::of(named("before")));
        let after = examinations.of("a", named("{{ unclosed"));
        assert_eq!(after.errors, named("{{ unclosed").check());
        assert_ne!(after.errors, named("before").check());
    }

    #[test]
    fn what_no_plan_asks_for_does_not_pile_up() {
        let examinations = Examinations::default();
        for number in 0..10 * MOST {
            examinations.keep(&number.to_string(), Examination::of(named("any")));
            assert!(waiting(&examinations) <= MOST);
        }
        examinations.of(&(10 * MOST - 1).to_string(), named("any"));
        let left = waiting(&examinations);
        examinations.of("unknown", named("any"));
        assert_eq!(waiting(&examinations), left);
    }
}
