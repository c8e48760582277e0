//! What cannot work is refused before anything is planned, at the attribute, with what is allowed.

use crate::harness::{endpoint, join, rule, Block, Diagnostic, Resource, Server, Workspace, ENDPOINT, RULE};

/// A resource that is wrong in one way.
struct Case {
    label: &'static str,
    resource: Resource,
    /// How the line begins that the error points at.
    at: &'static str,
    /// What the error says.
    says: &'static [&'static str],
}

fn rules(server: &Server) -> Vec<Case> {
    let case = |label, at, says, resource: Resource| Case {
        label,
        resource,
        at,
        says,
    };
    let plain = || rule(server);
    let post = |block: Block| rule(server).only_block("post", block);
    let url = || Block::new().text("url", "https://example.com/hook");
    let range = || {
        plain()
            .without("value")
            .text("trigger", "range")
            .text("operator", "inside")
            .set("lower", "10")
            .set("upper", "90")
    };
    let relative = || {
        plain()
            .text("trigger", "relative")
            .text("change", "amount")
            .text("shift", "5m")
    };
    let deadman = || {
        ["value", "operator"]
            .into_iter()
            .fold(plain(), Resource::without)
            .text("trigger", "deadman")
    };
    let mean = || {
        plain()
            .text("aggregate", "mean")
            .text("period", "10m")
            .text("every", "30s")
    };
    vec![
        case("empty_name", "name", &["empty"], plain().text("name", "")),
        case("empty_database", "database", &["empty"], plain().text("database", "")),
        case(
            "empty_retention_policy",
            "retention_policy",
            &["empty"],
            plain().text("retention_policy", ""),
        ),
        case(
            "empty_measurement",
            "measurement",
            &["empty"],
            plain().text("measurement", ""),
        ),
        case("empty_field", "field", &["empty"], plain().text("field", "")),
        case(
            "unknown_trigger",
            "trigger",
            &["threshold", "range", "relative", "deadman"],
            plain().text("trigger", "bogus"),
        ),
        case(
            "unknown_operator",
            "operator",
            &["\">\"", "\"<=\"", "\"!=\""],
            plain().text("operator", "between"),
        ),
        case(
            "range_operator_on_threshold",
            "operator",
            &["\">\""],
            plain().text("operator", "inside"),
        ),
        case(
            "unknown_range_operator",
            "operator",
            &["inside", "outside"],
            range().text("operator", ">"),
        ),
        case(
            "unknown_aggregate",
            "aggregate",
            &["mean", "median"],
            mean().text("aggregate", "average"),
        ),
        case(
            "unknown_change",
            "change",
            &["amount", "percent"],
            relative().text("change", "ratio"),
        ),
        case(
            "aggregate_without_period",
            "resource",
            &["aggregate", "period"],
            mean().without("period"),
        ),
        case(
            "aggregate_without_every",
            "resource",
            &["aggregate", "every"],
            mean().without("every"),
        ),
        case(
            "period_without_aggregate",
            "period",
            &["aggregate"],
            mean().without("aggregate").without("every"),
        ),
        case(
            "every_without_aggregate",
            "every",
            &["aggregate"],
            mean().without("aggregate").without("period"),
        ),
        case(
            "bad_period",
            "period",
            &["number", "unit"],
            mean().text("period", "ten minutes"),
        ),
        case("compound_every", "every", &["90m"], mean().text("every", "1h30m")),
        case(
            "zero_shift",
            "shift",
            &["greater than zero"],
            relative().text("shift", "0s"),
        ),
        case(
            "bad_deadman_period",
            "period",
            &["unit"],
            deadman().text("period", "10"),
        ),
        case("text_in_range", "lower", &["number"], range().text("lower", "low")),
        case("text_above_range", "upper", &["number"], range().text("upper", "high")),
        case(
            "text_in_relative",
            "value",
            &["number"],
            relative().text("value", "much"),
        ),
        case("lower_above_upper", "lower", &["upper"], range().set("lower", "91")),
        case("range_with_value", "value", &["range"], range().set("value", "5")),
        case("range_without_lower", "resource", &["lower"], range().without("lower")),
        case("range_without_upper", "resource", &["upper"], range().without("upper")),
        case(
            "threshold_without_value",
            "resource",
            &["value"],
            plain().without("value"),
        ),
        case(
            "threshold_without_operator",
            "resource",
            &["operator"],
            plain().without("operator"),
        ),
        case(
            "threshold_without_field",
            "resource",
            &["field"],
            plain().without("field"),
        ),
        case(
            "threshold_with_shift",
            "shift",
            &["threshold"],
            plain().text("shift", "5m"),
        ),
        case(
            "threshold_with_lower",
            "lower",
            &["threshold"],
            plain().set("lower", "5"),
        ),
        case(
            "relative_without_shift",
            "resource",
            &["shift"],
            relative().without("shift"),
        ),
        case(
            "relative_without_change",
            "resource",
            &["change"],
            relative().without("change"),
        ),
        case("deadman_without_period", "resource", &["period"], deadman()),
        case(
            "deadman_with_value",
            "value",
            &["deadman"],
            deadman().text("period", "10m").set("value", "5"),
        ),
        case(
            "deadman_with_aggregate",
            "aggregate",
            &["deadman"],
            deadman().text("period", "10m").text("aggregate", "mean"),
        ),
        case(
            "where_and_exclude",
            "exclude",
            &["where"],
            plain()
                .set("where", r#"{ host = ["a"] }"#)
                .set("exclude", r#"{ host = ["b"] }"#),
        ),
        case(
            "unclosed_message",
            "message",
            &["}}"],
            plain().text("message", "{{ .ID }} is {{ .Level"),
        ),
        case(
            "unclosed_details",
            "details",
            &["cannot read this template"],
            plain().text("details", "<b>{{ .Message </b>"),
        ),
        case("unclosed_name", "name", &["}}"], plain().text("name", "cpu {{ .Name")),
        case(
            "relative_url",
            "url",
            &["https://"],
            post(Block::new().text("url", "/hook")),
        ),
        case(
            "url_of_another_scheme",
            "url",
            &["http", "https"],
            post(Block::new().text("url", "ftp://example.com/x")),
        ),
        case(
            "url_that_does_not_parse",
            "url",
            &["http"],
            post(Block::new().text("url", "http://exa mple.com/")),
        ),
        case(
            "unclosed_post_url",
            "url",
            &["}}"],
            post(Block::new().text("url", "http://example.com/{{ .Level")),
        ),
        case("empty_url", "url", &["empty"], post(Block::new().text("url", ""))),
        case(
            "authenticate_header",
            "headers",
            &["authenticate"],
            post(url().set("headers", r#"{ authenticate = "x" }"#)),
        ),
        case(
            "secret_authenticate_header",
            "sensitive_headers",
            &["authenticate"],
            post(url().set("sensitive_headers", r#"{ authenticate = "x" }"#)),
        ),
        case("bad_task_id", "task_id", &["letters"], plain().text("task_id", "a/b")),
        case("empty_task_id", "task_id", &["letters"], plain().text("task_id", "")),
    ]
}

fn endpoints(server: &Server) -> Vec<Case> {
    let case = |label, at, says, resource: Resource| Case {
        label,
        resource,
        at,
        says,
    };
    let plain = || endpoint(server);
    vec![
        case("name_with_space", "name", &["letters"], plain().text("name", "a b")),
        case("name_with_dot", "name", &["letters"], plain().text("name", "a.b")),
        case("name_with_slash", "name", &["letters"], plain().text("name", "a/b")),
        case("no_name", "name", &["letters"], plain().text("name", "")),
        case("no_url", "url", &["empty"], plain().text("url", "")),
        case("nonsense_url", "url", &["https://"], plain().text("url", "nonsense")),
        case(
            "ftp_url",
            "url",
            &["http", "https"],
            plain().text("url", "ftp://example.com/x"),
        ),
        case(
            "unclosed_url",
            "url",
            &["}}"],
            plain().text("url", "http://example.com/{{ .Level"),
        ),
        case(
            "unclosed_template",
            "alert_template",
            &["}}"],
            plain().text("alert_template", "{{ .Message"),
        ),
        case(
            "unclosed_row_template",
            "row_template",
            &["}}"],
            plain().text("row_template", "{{ .Name"),
        ),
        case(
            "two_templates",
            "alert_template",
            &["alert_template_file"],
            plain().text("alert_template", "x").text("alert_template_file", "/x"),
        ),
        case(
            "two_row_templates",
            "row_template",
            &["row_template_file"],
            plain().text("row_template", "x").text("row_template_file", "/x"),
        ),
        case(
            "relative_template_file",
            "alert_template_file",
            &["absolute"],
            plain().text("alert_template_file", "x.tmpl"),
        ),
        case(
            "relative_row_file",
            "row_template_file",
            &["absolute"],
            plain().text("row_template_file", "x.tmpl"),
        ),
        case(
            "authenticate",
            "headers",
            &["authenticate"],
            plain().set("headers", r#"{ authenticate = "x" }"#),
        ),
        case(
            "header_in_both_maps",
            "sensitive_headers",
            &["twice"],
            plain()
                .set("headers", r#"{ X-Key = "1" }"#)
                .set("sensitive_headers", r#"{ X-Key = "2" }"#),
        ),
        case(
            "unknown_way",
            "undeclared",
            &["error", "defer", "register"],
            plain().text("undeclared", "ignore"),
        ),
    ]
}

#[test]
fn each_bad_input_is_an_error_at_its_attribute() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let cases: Vec<Case> = rules(&server).into_iter().chain(endpoints(&server)).collect();
    let resources: Vec<Resource> = cases
        .iter()
        .map(|case| case.resource.clone().labelled(case.label))
        .collect();
    let errors = workspace.validate(&join(&resources)).fails();
    let mut wrong = Vec::new();
    for (case, resource) in cases.iter().zip(&resources) {
        let own = errors
            .iter()
            .filter(|error| error.address.as_deref() == Some(&resource.address()));
        if let Err(complaint) = judge(case, &own.collect::<Vec<_>>()) {
            wrong.push(format!("{}: {complaint}", case.label));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} cases:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

/// What a rule that exists may leave out, because it keeps the secrets that it has, has to be there for a new one: only a
/// plan can tell the two apart.
#[test]
fn what_a_new_rule_lacks_is_an_error_of_its_plan() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let cases = [Case {
        label: "post_without_target",
        at: "post",
        says: &["url", "endpoint"],
        resource: rule(&server).only_block("post", Block::new().set("headers", r#"{ X-A = "1" }"#)),
    }];
    for case in cases {
        workspace.write(&case.resource.hcl());
        let errors = workspace.run(&["plan", "-input=false", "-json"]).fails();
        if let Err(complaint) = judge(&case, &errors.iter().collect::<Vec<_>>()) {
            panic!("{}: {complaint}", case.label);
        }
    }
}

/// Exactly one error, at the attribute, that says what is allowed and whose summary holds no value.
fn judge(case: &Case, errors: &[&Diagnostic]) -> Result<(), String> {
    let [error] = errors else {
        return Err(format!("{} errors instead of one: {errors:#?}", errors.len()));
    };
    let code = error.code.as_deref().unwrap_or_default().trim_start();
    if !code.starts_with(case.at) && !is_inside(error, code, case.at) {
        return Err(format!(
            "points at {code:?} instead of {:?}: {}",
            case.at,
            error.whole()
        ));
    }
    let whole = error.whole().to_lowercase();
    match case.says.iter().find(|word| !whole.contains(&word.to_lowercase())) {
        Some(word) => Err(format!("does not say {word:?}: {}", error.whole())),
        None => Ok(()),
    }
}

/// Of what is wrong inside of an attribute, Terraform shows the line on which that begins, and the detail says where.
fn is_inside(error: &Diagnostic, code: &str, at: &str) -> bool {
    let outermost = code.split(' ').next().unwrap_or_default();
    let place = format!("At `{outermost}[0].{at}");
    let rest = error.detail.rsplit_once(&place).map(|(_, rest)| rest);
    rest.is_some_and(|rest| rest.starts_with(['`', '[']))
}

#[test]
fn the_valid_resources_behind_the_bad_ones_are_accepted() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    workspace
        .validate(&join(&[rule(&server), endpoint(&server)]))
        .succeeds();
}

#[test]
fn bad_input_that_is_known_only_at_apply_is_refused_before_anything_is_written() {
    let server = Server::start();
    let workspace = Workspace::new(&server).real();
    let before = server.snapshot();
    let late = Resource::new("terraform_data", "late").text("input", "ftp://example.com/x");
    let post = Block::new().set("url", "terraform_data.late.output");
    let rule = rule(&server).only_block("post", post);
    let endpoint = endpoint(&server).set("url", "terraform_data.late.output");
    let run = workspace.apply(&join(&[late, rule, endpoint]));
    let errors = run.fails();
    for address in [RULE, ENDPOINT] {
        let own = errors.iter().find(|error| error.address.as_deref() == Some(address));
        let own = own.unwrap_or_else(|| panic!("{address} is not refused: {run}"));
        own.mentions(&["https://"]);
    }
    assert_eq!(server.snapshot(), before);
}
