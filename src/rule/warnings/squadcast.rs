//! What a rule does well enough for Kapacitor and badly for Squadcast, or not as its author thinks.

use crate::rule::{AttributePath, ChangeKind, Number, Operator, Rule, Trigger, Value, Warning};

/// What will go wrong in Squadcast when the rule's webhooks lead there, with what to do about it.
///
/// Empty for a rule without a `post`. (That a group shares an alert's id with another cannot happen here: the id holds
/// `{{.Group}}` as soon as `group_by` is set.)
pub fn squadcast_warnings(rule: &Rule) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let definition = rule.definition();
    if definition.posts.is_empty() {
        return warnings;
    }
    if definition.no_recoveries {
        warnings.push(Warning {
            path: AttributePath::root("no_recoveries"),
            summary: "Incidents will not resolve by themselves",
            detail: "With no_recoveries, Kapacitor sends nothing when the level is OK again, so an incident in Squadcast \
                     stays open until somebody resolves it by hand. Leave no_recoveries out, or keep it for rules whose \
                     webhook does not lead to Squadcast."
                .to_owned(),
        });
    }
    if !definition.state_changes_only {
        warnings.push(Warning {
            path: AttributePath::root("state_changes_only"),
            summary: "Repeated alerts count against Squadcast's rate limit",
            detail: format!(
                "Without state_changes_only, Kapacitor posts the alert again {}, for each group that is not OK. Squadcast \
                 counts each against its limit per minute, and Kapacitor does not send again what was refused: the recovery \
                 can be lost, and the incident stays open. Set state_changes_only to true, or leave it out.",
                how_often(&definition.trigger)
            ),
        });
    }
    warnings
}

/// Comparisons that never come out as their author thinks, with what to do about it.
pub fn comparison_warnings(rule: &Rule) -> Vec<Warning> {
    match &rule.definition().trigger {
        Trigger::Threshold { value: Value::Boolean(_), operator, .. } if !matches!(operator, Operator::Equal | Operator::NotEqual) => {
            vec![Warning {
                path: AttributePath::root("operator"),
                summary: "A boolean has no order",
                detail: format!(
                    "Kapacitor cannot compare a boolean with \"{operator}\": the rule fails on every point and never alerts. \
                     Use \"==\" or \"!=\"."
                ),
            }]
        }
        Trigger::Relative { change: ChangeKind::Percent, value, .. } if Number::Integer(0).is_greater_than(*value) => vec![Warning {
            path: AttributePath::root("value"),
            summary: "A change in per cent is never negative",
            detail: format!(
                "With change = \"percent\" the size of the change is compared, without its sign, so it is never below zero and \
                 comparing it with {value} always gives the same result. Write the size of the change, or use change = \"amount\"."
            ),
        }],
        _ => Vec::new(),
    }
}

fn how_often(trigger: &Trigger) -> String {
    match (trigger, trigger.source().and_then(|source| source.aggregate.as_ref())) {
        (Trigger::Deadman { period, .. }, _) => format!("every {period}"),
        (_, Some(aggregate)) => format!("every {}", aggregate.every),
        (_, None) => "with every point".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{Field, PostSpec, RuleSpec};

    fn rule(change: impl FnOnce(&mut RuleSpec)) -> Rule {
        let mut spec = RuleSpec {
            name: "cpu".into(),
            database: "telegraf".into(),
            measurement: "cpu".into(),
            field: "usage".into(),
            trigger: "threshold".into(),
            operator: ">".into(),
            value: "90".into(),
            posts: Field::Known(vec![PostSpec {
                endpoint: "squadcast".into(),
                ..PostSpec::default()
            }]),
            ..RuleSpec::default()
        };
        change(&mut spec);
        Rule::try_from(spec).unwrap()
    }

    fn paths(warnings: &[Warning]) -> Vec<String> {
        warnings.iter().map(|warning| warning.path.to_string()).collect()
    }

    #[test]
    fn a_usual_rule_has_no_warning() {
        let rule = rule(|_| {});
        assert_eq!(squadcast_warnings(&rule), []);
        assert_eq!(comparison_warnings(&rule), []);
    }

    #[test]
    fn lost_recoveries_and_repeated_alerts_are_warned_of() {
        let silent = rule(|spec| spec.no_recoveries = Field::Known(true));
        assert_eq!(paths(&squadcast_warnings(&silent)), ["no_recoveries"]);
        let repeating = rule(|spec| {
            spec.state_changes_only = Field::Known(false);
            (spec.aggregate, spec.period, spec.every) = ("mean".into(), "1m".into(), "30s".into());
        });
        let warnings = squadcast_warnings(&repeating);
        assert_eq!(paths(&warnings), ["state_changes_only"]);
        assert!(warnings[0].detail.contains("again every 30s"), "{}", warnings[0].detail);
    }

    #[test]
    fn a_rule_without_a_webhook_does_not_concern_squadcast() {
        let rule = rule(|spec| {
            spec.posts = Field::Absent;
            spec.no_recoveries = Field::Known(true);
            spec.state_changes_only = Field::Known(false);
        });
        assert_eq!(squadcast_warnings(&rule), []);
    }

    #[test]
    fn comparisons_that_never_come_out_are_warned_of() {
        let boolean = rule(|spec| (spec.operator, spec.value) = ("==".into(), "true".into()));
        assert_eq!(comparison_warnings(&boolean), []);
        let ordered = rule(|spec| spec.value = "TRUE".into());
        assert_eq!(paths(&comparison_warnings(&ordered)), ["operator"]);
        let negative = rule(|spec| {
            (spec.trigger, spec.change, spec.shift) = ("relative".into(), "percent".into(), "1m".into());
            (spec.operator, spec.value) = ("<".into(), "-5".into());
        });
        assert_eq!(paths(&comparison_warnings(&negative)), ["value"]);
    }
}
