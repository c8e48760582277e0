//! Rules whose alerts have the same ids: the recovery of one would resolve the incident of the other.

use crate::rule::{Post, Rule, TagFilter};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tf_provider::{AttributePath, Diagnostics};

/// The rules that this walk has planned, by the name that their alerts' ids begin with; clones share it.
#[derive(Clone, Default)]
pub(crate) struct AlertIds(Arc<Mutex<HashMap<String, Vec<Planned>>>>);

/// What decides whether the alerts of two rules of one name have the same ids, and meet.
#[derive(Clone)]
struct Planned {
    task: Option<String>,
    group_by: Vec<String>,
    tags: TagFilter,
    posts: Vec<Post>,
}

impl Planned {
    fn new(rule: &Rule, task: Option<&str>) -> Self {
        let definition = rule.definition();
        let mut group_by = definition.group_by.clone();
        group_by.sort();
        Planned {
            task: task.map(str::to_owned),
            group_by,
            tags: definition.tags.clone(),
            posts: definition.posts.clone(),
        }
    }

    /// Other filters may keep the groups of two rules apart, as when each watches a region of its own.
    fn meets(&self, other: &Planned) -> bool {
        let is_another = self.task.is_none() || self.task != other.task;
        is_another && self.group_by == other.group_by && self.tags == other.tags && self.shares_a_webhook(other)
    }

    fn shares_a_webhook(&self, other: &Planned) -> bool {
        let target = |post: &Post| (post.endpoint.clone(), post.url.clone());
        self.posts
            .iter()
            .any(|post| other.posts.iter().any(|theirs| target(theirs) == target(post)))
    }
}

impl AlertIds {
    /// Forgets everything, since a new walk begins.
    pub(crate) fn forget_all(&self) {
        self.lock().clear();
    }

    /// Notes a planned rule, and warns if the alerts of one that was planned before have the same ids.
    pub(crate) fn plan(&self, diags: &mut Diagnostics, rule: &Rule, task: Option<&str>) {
        let planned = Planned::new(rule, task);
        let mut rules = self.lock();
        let namesakes = rules.entry(rule.name().to_owned()).or_default();
        if namesakes.iter().any(|other| other.meets(&planned)) {
            diags.warning(
                "Two rules have the same alert ids",
                detail(rule.name(), &planned.group_by),
                AttributePath::new("name"),
            );
        }
        namesakes.push(planned);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Vec<Planned>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn detail(name: &str, group_by: &[String]) -> String {
    let same = match group_by {
        [] => String::new(),
        tags => format!(" for the same {}", tags.join(", ")),
    };
    format!(
        "Another rule of this configuration has the name {name:?} too, with the same `group_by`, and posts to the same webhook. \
         The name is the alert's id, so that a recovery of one rule resolves the incident of the other{same}. Give each rule a \
         name of its own; with count or for_each, use count.index or each.key in it."
    )
}

#[cfg(test)]
mod tests {
    use super::AlertIds;
    use crate::rule::{Field, PostSpec, Rule, RuleSpec};
    use tf_provider::Diagnostics;

    fn spec(database: &str) -> RuleSpec {
        RuleSpec {
            name: "cpu high".into(),
            database: database.into(),
            measurement: "cpu".into(),
            field: "usage_user".into(),
            trigger: "threshold".into(),
            operator: ">".into(),
            value: "90".into(),
            group_by: tags(&["host"]),
            posts: Field::Known(vec![PostSpec {
                url: "https://x.example/one".into(),
                ..PostSpec::default()
            }]),
            ..RuleSpec::default()
        }
    }

    fn tags(tags: &[&str]) -> Field<Vec<Field<String>>> {
        Field::Known(tags.iter().map(|tag| Field::from(*tag)).collect())
    }

    /// The number of warnings when both rules are planned.
    fn warnings(first: RuleSpec, second: RuleSpec) -> usize {
        let (ids, mut diags) = (AlertIds::default(), Diagnostics::default());
        for (task, spec) in [("a", first), ("b", second)] {
            ids.plan(&mut diags, &Rule::from_server(&spec).unwrap(), Some(task));
        }
        diags.warnings.len()
    }

    #[test]
    fn rules_of_one_name_over_several_databases_share_their_alert_ids() {
        assert_eq!(warnings(spec("one"), spec("two")), 1);
        let reordered = |order: &[&str]| RuleSpec {
            group_by: tags(order),
            ..spec("one")
        };
        assert_eq!(warnings(reordered(&["a", "b"]), reordered(&["b", "a"])), 1);
    }

    #[test]
    fn rules_that_cannot_meet_are_not_warned_of() {
        let named = RuleSpec {
            name: "cpu low".into(),
            ..spec("two")
        };
        let grouped = RuleSpec {
            group_by: tags(&["region"]),
            ..spec("two")
        };
        let region = ("region".to_owned(), tags(&["eu"]));
        let filtered = RuleSpec {
            r#where: Field::Known([region].into()),
            ..spec("two")
        };
        let elsewhere = RuleSpec {
            posts: Field::Known(vec![PostSpec {
                url: "https://x.example/other".into(),
                ..PostSpec::default()
            }]),
            ..spec("two")
        };
        for other in [named, grouped, filtered, elsewhere] {
            assert_eq!(warnings(spec("one"), other.clone()), 0, "{other:?}");
        }
    }

    #[test]
    fn a_rule_that_is_planned_twice_is_one_rule() {
        let (ids, mut diags) = (AlertIds::default(), Diagnostics::default());
        let rule = Rule::from_server(&spec("one")).unwrap();
        ids.plan(&mut diags, &rule, Some("a"));
        ids.plan(&mut diags, &rule, Some("a"));
        assert!(diags.warnings.is_empty());
        ids.forget_all();
        ids.plan(&mut diags, &rule, Some("b"));
        assert!(diags.warnings.is_empty());
    }
}
