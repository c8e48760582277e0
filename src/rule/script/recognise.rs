//! Which Chronograf wrote a script, and what a script says of the rule's alert and name even if it is not that of a rule.

use super::dialect::{colon_id, Dialect};
use super::expression::text_of;
use super::normal_form::{expression, nodes};
use crate::rule::Rule;
use crate::tickscript::ast::{Call, Expression, Program, Statement};
use crate::tickscript::{self, VisitMut};

/// A rule that was read from a script.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The rule.
    pub rule: Rule,
    /// Whether the script is of an earlier Chronograf, so that the rule's own script says something else: another id of the
    /// alert, or other points.
    pub is_older: bool,
}

impl Dialect {
    /// The dialect of a script in normal form, if it is one of a rule.
    pub(super) fn of(script: &Program) -> Self {
        let colon_id = colon_id().ok();
        Dialect {
            colon_id: colon_id.is_some() && variable(script, "idVar") == colon_id.as_ref(),
            any_point: variable(script, "whereFilter").is_some_and(|filter| !calls(filter, "isPresent")),
            value_as_it_is: output(script).is_some_and(|output| !calls(output, "float")),
        }
    }
}

/// The alert's id as a script makes it, in TICKscript; none if the script does not say.
pub fn alert_id(script: &str) -> Option<String> {
    let program = tickscript::parse(script).ok()?;
    variable(&program, "idVar").map(|id| text_of(&expression(id)).trim().to_owned())
}

/// The rule's name as a script has it, if it has one, even if the script is not that of a rule.
pub fn rule_name(script: &str) -> Option<String> {
    let program = tickscript::parse(script).ok()?;
    variable(&program, "name")?.as_str().map(str::to_owned)
}

fn variable<'a>(script: &'a Program, name: &str) -> Option<&'a Expression> {
    script.statements.iter().find_map(|statement| match statement {
        Statement::Variable(variable) if variable.name.name == name => Some(&variable.value),
        _ => None,
    })
}

/// The statement that writes the alert history.
fn output(script: &Program) -> Option<&Expression> {
    script.statements.iter().find_map(|statement| match statement {
        Statement::Expression(value @ Expression::Chain(chain)) => {
            let writes = nodes(chain).1.iter().any(|node| node.call.name == "influxDBOut");
            writes.then_some(value)
        }
        _ => None,
    })
}

/// Whether a function is called anywhere in a value.
fn calls(value: &Expression, function: &str) -> bool {
    struct Search<'a> {
        function: &'a str,
        found: bool,
    }
    impl VisitMut for Search<'_> {
        fn call(&mut self, call: &mut Call) {
            self.found |= call.name == self.function;
        }
    }
    let mut search = Search { function, found: false };
    value.clone().visit_mut(&mut search);
    search.found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{Field, HandlerSpec, RuleSpec, TextList};

    /// A name, and what makes the script of that form out of today's.
    type Form<'a> = (&'a str, &'a dyn Fn(&str) -> String);

    fn spec() -> RuleSpec {
        RuleSpec {
            name: "cpu high".into(),
            database: "telegraf".into(),
            measurement: "cpu".into(),
            field: "usage_user".into(),
            group_by: Field::Known(["host".into()].into_iter().collect::<TextList>()),
            trigger: "threshold".into(),
            operator: ">".into(),
            value: "90".into(),
            exclude: Field::Known([("env".to_owned(), Field::Known(vec!["dev".into()]))].into()),
            ..RuleSpec::default()
        }
    }

    fn deadman() -> RuleSpec {
        RuleSpec {
            trigger: "deadman".into(),
            period: "10m".into(),
            field: Field::Absent,
            operator: Field::Absent,
            value: Field::Absent,
            ..spec()
        }
    }

    fn written(spec: RuleSpec) -> (Rule, String) {
        let rule = Rule::try_from(spec).unwrap();
        let script = rule.to_tickscript();
        (rule, script)
    }

    /// One replacement, which has to hit.
    fn with(script: &str, from: &str, to: &str) -> String {
        assert!(script.contains(from), "{from:?} is not in\n{script}");
        script.replace(from, to)
    }

    const FLOAT: &str = "    |eval(lambda: float(\"value\"))\n        .as('value')\n        .keep()\n";

    fn id_of_1_7(script: &str) -> String {
        with(script, "'-{{.Group}}'", "':{{.Group}}'")
    }

    #[test]
    fn rules_of_earlier_chronografs_are_read_as_what_they_say() {
        let no_filter = |script: &str| with(script, " AND isPresent(\"usage_user\")", "");
        let no_float = |script: &str| with(script, FLOAT, "");
        let forms: [Form; 4] = [
            ("before 1.8.7", &no_filter),
            ("before 1.7.15", &|script| id_of_1_7(&no_filter(script))),
            ("before 1.4", &|script| id_of_1_7(&no_float(&no_filter(script)))),
            ("a colon alone", &id_of_1_7),
        ];
        let (rule, script) = written(spec());
        for (version, older) in forms {
            let reading = Rule::reading(&older(&script)).unwrap_or_else(|error| panic!("{version}: {error}"));
            assert_eq!(reading.rule, rule, "{version}");
            assert!(reading.is_older, "{version}");
        }
    }

    #[test]
    fn a_deadman_of_an_earlier_chronograf_is_read() {
        let (rule, script) = written(deadman());
        for older in [
            id_of_1_7(&script),
            with(&script, FLOAT, ""),
            id_of_1_7(&with(&script, FLOAT, "")),
        ] {
            let reading = Rule::reading(&older).unwrap();
            assert_eq!((&reading.rule, reading.is_older), (&rule, true));
        }
    }

    #[test]
    fn before_1_4_a_rule_without_groups_had_the_group_in_its_id_too() {
        let (rule, script) = written(RuleSpec {
            group_by: Field::Absent,
            ..spec()
        });
        let older = with(&script, "var idVar = name\n", "var idVar = name + ':{{.Group}}'\n");
        let reading = Rule::reading(&older).unwrap();
        assert_eq!((&reading.rule, reading.is_older), (&rule, true));
    }

    #[test]
    fn recipients_in_the_parentheses_of_a_mail_are_those_of_today() {
        let mail = |to: &[&str]| HandlerSpec {
            kind: "email".into(),
            options: Field::Known([("to".to_owned(), Field::Known(format!("{to:?}")))].into()),
            ..HandlerSpec::default()
        };
        let (rule, script) = written(RuleSpec {
            handlers: Field::Known(vec![mail(&["b@x", "a@x"]), mail(&["c@x"])]),
            ..spec()
        });
        let calls = ".email()\n        .to('b@x')\n        .to('a@x')\n        .email()\n        .to('c@x')";
        let older = with(&script, calls, ".email('b@x', 'a@x')\n        .email('c@x')");
        assert_eq!(Rule::reading(&older).unwrap().rule, rule);
    }

    #[test]
    fn a_rule_of_today_is_not_older() {
        for spec in [spec(), deadman()] {
            let (rule, script) = written(spec);
            let reading = Rule::reading(&script).unwrap();
            assert_eq!((&reading.rule, reading.is_older), (&rule, false));
        }
    }

    #[test]
    fn an_id_that_no_chronograf_wrote_is_refused() {
        let (_, script) = written(spec());
        for id in ["'/{{.Group}}'", "':{{.Name}}'"] {
            let error = Rule::reading(&with(&script, "'-{{.Group}}'", id)).unwrap_err();
            assert!(error.reason.contains("idVar"), "{error}");
        }
    }

    #[test]
    fn several_tag_values_that_are_joined_with_or_exclude_nothing() {
        let (_, script) = written(spec());
        let joined = "(\"env\" != 'dev' OR \"env\" != 'test')";
        let older = with(&script, "(\"env\" != 'dev')", joined);
        let error = Rule::reading(&older).unwrap_err();
        assert!(
            error.reason.contains("OR") && error.reason.contains("exclude"),
            "{error}"
        );
        let alone = with(&older, " AND isPresent(\"usage_user\")", "");
        assert_eq!(Rule::reading(&alone).unwrap_err(), error);
    }

    #[test]
    fn the_ids_of_alerts_are_told_apart_by_their_expression() {
        let (_, script) = written(spec());
        let spaced = script.replace("name + '-{{.Group}}'", "name   +\n  '-{{.Group}}'");
        assert_eq!(alert_id(&script), alert_id(&spaced));
        assert_ne!(alert_id(&script), alert_id(&id_of_1_7(&script)));
        assert_eq!(alert_id("stream|from()"), None);
    }

    #[test]
    fn a_script_that_is_not_a_rule_may_have_a_rules_name() {
        assert_eq!(
            rule_name("var name = 'cpu high'\nstream|from()").as_deref(),
            Some("cpu high")
        );
        assert_eq!(rule_name("var name = 5"), None);
        assert_eq!(rule_name("stream|from("), None);
    }
}
