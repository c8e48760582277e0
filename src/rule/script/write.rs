//! From a rule to its script: the statements that Chronograf writes, in its order.
//!
//! Chronograf's own way is kapacitor/vars.go, data.go, triggers.go, alerts.go, influxout.go and http_out.go of its 1.11.4.

use super::dialect::{colon_id, Dialect};
use super::expression::{duration, identifier, number, reference, string, strings, text_of, value_expression, Written};
use super::write_alert::alert_properties;
use crate::rule::{ChangeKind, Definition, Operator, RangeOperator, Source, TagFilter, Trigger, TriggerKind};
use crate::tickscript::ast::{self, Binary, Call, Chain, Expression, Lambda, List, Program, Statement};

/// The script of a rule.
pub(in crate::rule) fn program(rule: &Definition) -> Written<Program> {
    program_in(rule, Dialect::default())
}

/// The script of a rule as an earlier Chronograf wrote it.
pub(super) fn program_in(rule: &Definition, dialect: Dialect) -> Written<Program> {
    let mut statements = variables(rule, dialect)?;
    statements.push(Statement::variable("data", data(rule)?));
    statements.extend(trigger(rule)?);
    statements.push(Statement::from(Expression::from(influxdb_out(&rule.trigger, dialect)?)));
    statements.push(Statement::from(Expression::from(http_out()?)));
    Ok(Program {
        statements,
        trailing: Vec::new(),
    })
}

/// The variables that hold what differs from rule to rule.
fn variables(rule: &Definition, dialect: Dialect) -> Written<Vec<Statement>> {
    let mut variables = vec![
        Statement::variable("db", string(&rule.database)?),
        Statement::variable("rp", string(&rule.retention_policy)?),
        Statement::variable("measurement", string(&rule.measurement)?),
        Statement::variable("groupBy", List::new(strings(&rule.group_by)?)),
        Statement::variable("whereFilter", Lambda::new(filter(rule, dialect)?)),
    ];
    variables.extend(window_variables(&rule.trigger));
    variables.extend([
        Statement::variable("name", string(&rule.name)?),
        Statement::variable("idVar", id(rule, dialect)?),
        Statement::variable("message", string(&rule.message)?),
        Statement::variable("idTag", string("alertID")?),
        Statement::variable("levelTag", string("level")?),
        Statement::variable("messageField", string("message")?),
        Statement::variable("durationField", string("duration")?),
        Statement::variable("outputDB", string("chronograf")?),
        Statement::variable("outputRP", string("autogen")?),
        Statement::variable("outputMeasurement", string("alerts")?),
        Statement::variable("triggerType", string(trigger_type(&rule.trigger))?),
    ]);
    if !rule.details.is_empty() {
        variables.push(Statement::variable("details", string(&rule.details)?));
    }
    variables.extend(trigger_variables(&rule.trigger)?);
    Ok(variables)
}

fn window_variables(trigger: &Trigger) -> Vec<Statement> {
    match trigger {
        Trigger::Deadman { period, .. } => vec![Statement::variable("period", duration(period))],
        _ => match trigger.source().and_then(|source| source.aggregate.as_ref()) {
            Some(aggregate) => vec![
                Statement::variable("period", duration(&aggregate.period)),
                Statement::variable("every", duration(&aggregate.every)),
            ],
            None => Vec::new(),
        },
    }
}

fn trigger_variables(trigger: &Trigger) -> Written<Vec<Statement>> {
    Ok(match trigger {
        Trigger::Threshold { value, .. } => vec![Statement::variable("crit", value_expression(value)?)],
        Trigger::Range { lower, upper, .. } => vec![
            Statement::variable("lower", number(*lower)),
            Statement::variable("upper", number(*upper)),
        ],
        Trigger::Relative { shift, value, .. } => vec![
            Statement::variable("shift", duration(shift)),
            Statement::variable("crit", number(*value)),
        ],
        Trigger::Deadman { .. } => vec![Statement::variable("threshold", ast::Number::Float(0.0))],
    })
}

/// Chronograf's word for the trigger: it takes a range for a threshold.
pub(super) fn trigger_type(trigger: &Trigger) -> &'static str {
    match trigger.kind() {
        TriggerKind::Threshold | TriggerKind::Range => "threshold",
        TriggerKind::Relative => "relative",
        TriggerKind::Deadman => "deadman",
    }
}

/// The alert's id: with the group where there may be several, so that each has an incident of its own.
fn id(rule: &Definition, dialect: Dialect) -> Written<Expression> {
    if dialect.colon_id {
        return colon_id();
    }
    let name = identifier("name");
    if rule.group_by.is_empty() {
        return Ok(name);
    }
    Ok(Binary::new(name, ast::Operator::Plus, string("-{{.Group}}")?).into())
}

/// Which points count: those of the wanted series that have the field.
fn filter(rule: &Definition, dialect: Dialect) -> Written<Expression> {
    let mut conditions = match &rule.tags {
        TagFilter::All => Vec::new(),
        TagFilter::Where(tags) => tag_conditions(tags, ast::Operator::Equal, ast::Operator::Or)?,
        TagFilter::Exclude(tags) => tag_conditions(tags, ast::Operator::NotEqual, ast::Operator::And)?,
    };
    if let Some(field) = rule.trigger.field().filter(|_| !dialect.any_point) {
        conditions.push(Call::new("isPresent", vec![reference(field)?]).into());
    }
    // Chronograf sorts the conditions by their text.
    conditions.sort_by_cached_key(text_of);
    Ok(joined(conditions, ast::Operator::And).unwrap_or_else(|| Expression::from(true)))
}

fn tag_conditions(
    tags: &std::collections::BTreeMap<String, Vec<String>>,
    comparison: ast::Operator,
    combination: ast::Operator,
) -> Written<Vec<Expression>> {
    let mut conditions = Vec::new();
    for (tag, values) in tags {
        let mut comparisons = Vec::new();
        for value in values {
            let tag = reference(tag)?;
            let broken = runs_over_lines(&tag);
            comparisons.push(operation(tag, comparison, string(value)?, broken));
        }
        if let Some(condition) = joined(comparisons, combination) {
            conditions.push(parenthesised(condition));
        }
    }
    Ok(conditions)
}

/// Joins operands with one operator between each two.
fn joined(operands: Vec<Expression>, operator: ast::Operator) -> Option<Expression> {
    let mut operands = operands.into_iter();
    let first = operands.next()?;
    let mut broken = runs_over_lines(&first);
    Some(operands.fold(first, |left, right| {
        let joined = operation(left, operator, right.clone(), broken);
        broken |= runs_over_lines(&right);
        joined
    }))
}

/// An operation. Behind an operand that runs over several lines, as a text with a line break does, Kapacitor begins a line
/// before the next one.
fn operation(left: Expression, operator: ast::Operator, right: Expression, broken: bool) -> Expression {
    let mut operation = Binary::new(left, operator, right);
    if let Some(last) = operation.rest.last_mut() {
        last.multi_line = broken;
    }
    operation.into()
}

fn runs_over_lines(expression: &Expression) -> bool {
    text_of(expression).trim_end().contains('\n')
}

fn parenthesised(expression: Expression) -> Expression {
    match expression {
        Expression::Binary(binary) => binary.parenthesised().into(),
        other => other,
    }
}

/// What the rule reads, up to the watched value.
fn data(rule: &Definition) -> Written<Chain> {
    let stream = Chain::new("stream")
        .pipe("from", vec![])
        .dot("database", vec![identifier("db")])
        .dot("retentionPolicy", vec![identifier("rp")])
        .dot("measurement", vec![identifier("measurement")])
        .dot("groupBy", vec![identifier("groupBy")])
        .dot("where", vec![identifier("whereFilter")]);
    let Some(Source { field, aggregate }) = rule.trigger.source() else {
        return Ok(stream);
    };
    let value = match aggregate {
        None => stream.pipe("eval", vec![Lambda::new(reference(field)?).into()]),
        Some(aggregate) => stream
            .pipe("window", vec![])
            .dot("period", vec![identifier("period")])
            .dot("every", vec![identifier("every")])
            .dot("align", vec![])
            .pipe(aggregate.function.name(), vec![string(field)?]),
    };
    Ok(value.dot("as", vec![string("value")?]))
}

/// The statements that end in the alert.
fn trigger(rule: &Definition) -> Written<Vec<Statement>> {
    let (mut statements, alert) = match &rule.trigger {
        Trigger::Threshold { operator, .. } => (
            Vec::new(),
            Chain::new("data")
                .pipe("alert", vec![])
                .dot("crit", vec![compared_with_crit(*operator)?]),
        ),
        Trigger::Range { operator, .. } => (
            Vec::new(),
            Chain::new("data")
                .pipe("alert", vec![])
                .dot("crit", vec![compared_with_bounds(*operator)?]),
        ),
        Trigger::Relative { change, operator, .. } => (
            vec![
                Statement::variable("past", Chain::new("data").pipe("shift", vec![identifier("shift")])),
                Statement::variable("current", identifier("data")),
            ],
            Chain::new("past")
                .pipe("join", vec![identifier("current")])
                .dot("as", vec![string("past")?, string("current")?])
                .pipe("eval", vec![change_expression(*change)?])
                .dot("keep", vec![])
                .dot("as", vec![string("value")?])
                .pipe("alert", vec![])
                .dot("crit", vec![compared_with_crit(*operator)?]),
        ),
        Trigger::Deadman { .. } => (
            Vec::new(),
            Chain::new("data").pipe("deadman", vec![identifier("threshold"), identifier("period")]),
        ),
    };
    statements.push(Statement::variable("trigger", alert_properties(rule, alert)?));
    Ok(statements)
}

fn compared_with_crit(operator: Operator) -> Written<Expression> {
    Ok(Lambda::new(Binary::new(
        reference("value")?,
        comparison(operator),
        identifier("crit"),
    ))
    .into())
}

fn compared_with_bounds(operator: RangeOperator) -> Written<Expression> {
    let (lower, both, upper) = match operator {
        RangeOperator::Inside => (
            ast::Operator::GreaterEqual,
            ast::Operator::And,
            ast::Operator::LessEqual,
        ),
        RangeOperator::Outside => (ast::Operator::Less, ast::Operator::Or, ast::Operator::Greater),
    };
    let lower = Binary::new(reference("value")?, lower, identifier("lower"));
    let upper = Binary::new(reference("value")?, upper, identifier("upper"));
    Ok(Lambda::new(Binary::new(lower, both, upper)).into())
}

pub(super) fn comparison(operator: Operator) -> ast::Operator {
    match operator {
        Operator::GreaterThan => ast::Operator::Greater,
        Operator::GreaterThanOrEqual => ast::Operator::GreaterEqual,
        Operator::LessThanOrEqual => ast::Operator::LessEqual,
        Operator::LessThan => ast::Operator::Less,
        Operator::Equal => ast::Operator::Equal,
        Operator::NotEqual => ast::Operator::NotEqual,
    }
}

/// `float("current.value" - "past.value")`, or its size in per cent of the past value.
pub(super) fn change_expression(change: ChangeKind) -> Written<Expression> {
    let difference = Binary::new(
        reference("current.value")?,
        ast::Operator::Minus,
        reference("past.value")?,
    );
    let amount = Call::new("float", vec![difference.into()]);
    let expression: Expression = match change {
        ChangeKind::Amount => amount.into(),
        ChangeKind::Percent => {
            let past = Call::new("float", vec![reference("past.value")?]);
            let ratio = Binary::new(Call::new("abs", vec![amount.into()]), ast::Operator::Divide, past);
            Binary::new(ratio, ast::Operator::Multiply, ast::Number::Float(100.0)).into()
        }
    };
    Ok(Lambda::new(expression).into())
}

/// Writes each alert to the database from which Chronograf shows its alert history.
fn influxdb_out(trigger: &Trigger, dialect: Dialect) -> Written<Chain> {
    let mut chain = Chain::new("trigger");
    if trigger.kind() == TriggerKind::Deadman {
        chain = chain
            .pipe("eval", vec![Lambda::new(reference("emitted")?).into()])
            .dot("as", vec![string("value")?])
            .dot(
                "keep",
                vec![
                    string("value")?,
                    identifier("messageField"),
                    identifier("durationField"),
                ],
            );
    }
    if !dialect.value_as_it_is {
        let value_as_float = Call::new("float", vec![reference("value")?]);
        chain = chain
            .pipe("eval", vec![Lambda::new(value_as_float).into()])
            .dot("as", vec![string("value")?])
            .dot("keep", vec![]);
    }
    Ok(chain
        .pipe("influxDBOut", vec![])
        .dot("create", vec![])
        .dot("database", vec![identifier("outputDB")])
        .dot("retentionPolicy", vec![identifier("outputRP")])
        .dot("measurement", vec![identifier("outputMeasurement")])
        .dot("tag", vec![string("alertName")?, identifier("name")])
        .dot("tag", vec![string("triggerType")?, identifier("triggerType")]))
}

fn http_out() -> Written<Chain> {
    Ok(Chain::new("trigger").pipe("httpOut", vec![string("output")?]))
}
