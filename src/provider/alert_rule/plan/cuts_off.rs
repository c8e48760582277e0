//! Changes of a rule after which Kapacitor no longer knows its open alerts.

use super::alert_ids;
use crate::provider::alert_rule::state::model::AlertRuleState;
use crate::provider::task::open_alerts::firing::Step;
use crate::rule::Rule;

/// Why the alerts of the rule would lose their state with this change; none where they keep it.
pub(crate) fn cuts_off(prior: &AlertRuleState, planned: &AlertRuleState) -> Option<Step> {
    if !prior.task.id.is_unknown() && !planned.task.id.is_unknown() && prior.task.id != planned.task.id {
        return Some(Step::Removal);
    }
    let (before, after) = (prior.spec(), planned.spec());
    if prior.attributes.group_by == planned.attributes.group_by && alert_ids(prior, planned).is_some() {
        return Some(Step::Change("the script on the server makes another id of the alert"));
    }
    if before == after {
        return None;
    }
    let (before, after) = (Rule::from_server(&before).ok()?, Rule::from_server(&after).ok()?);
    change_that_cuts_off(&before, &after).map(Step::Change)
}

fn change_that_cuts_off(before: &Rule, after: &Rule) -> Option<&'static str> {
    let (was, is) = (before.definition(), after.definition());
    if was.name != is.name {
        return Some("`name` is the alert's id");
    }
    if sorted(&was.group_by) != sorted(&is.group_by) {
        return Some("`group_by` is part of the alert's id");
    }
    if before.alert_node() != after.alert_node() {
        return Some("another kind of trigger, or `aggregate` added or removed, renumbers the alert's node");
    }
    if !was.flapping && is.flapping {
        return Some("with `flapping` switched on, Kapacitor holds the next change of level back");
    }
    let watched = |definition: &crate::rule::Definition| {
        (
            definition.database.clone(),
            definition.retention_policy.clone(),
            definition.measurement.clone(),
            definition.tags.clone(),
        )
    };
    if watched(was) != watched(is) {
        return Some("the rule then watches other data, so that the firing series may never be evaluated again");
    }
    None
}

/// Kapacitor sorts the tags of a group before it makes the alert's id of them, so that their order makes no difference.
fn sorted(tags: &[String]) -> Vec<&String> {
    let mut sorted: Vec<&String> = tags.iter().collect();
    sorted.sort();
    sorted
}
