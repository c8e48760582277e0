//! From a rule to its script: the statements that Chronograf writes, in its order.
//!
//! Chronograf's own way is kapacitor/vars.go, data.go, triggers.go, alerts.go, influxout.go and http_out.go of its 1.11.4.

use super::dialect::Dialect;
use super::handlers::{Form, Handler, HandlerOption, OptionKind, OptionValue};
use super::{
    ChangeKind, Definition, Duration, Operator, Post, RangeOperator, Source, TagFilter, Trigger, TriggerKind, Value,
};
use crate::tickscript::ast::{
    self, Binary, Call, Chain, Expression, Identifier, Inexpressible, Lambda, List, Program, Reference, Statement,
    StringLiteral, Unary,
};

/// What a text that TICKscript cannot write makes of a function here. Checked rules never have one.
type Written<T> = Result<T, Inexpressible>;

/// The script of a rule.
pub(super) fn program(rule: &Definition) -> Written<Program> {
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

/// The alert's id as Chronograf wrote it before 1.8; before 1.4 for rules without groups too.
pub(super) fn colon_id() -> Written<Expression> {
    Ok(Binary::new(identifier("name"), ast::Operator::Plus, string(":{{.Group}}")?).into())
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

/// An expression as it is printed.
pub(super) fn text_of(expression: &Expression) -> String {
    Program {
        statements: vec![Statement::from(expression.clone())],
        trailing: Vec::new(),
    }
    .to_string()
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

/// The alert's properties, then its handlers by kind.
fn alert_properties(rule: &Definition, alert: Chain) -> Written<Chain> {
    let mut alert = alert
        .dot("message", vec![identifier("message")])
        .dot("id", vec![identifier("idVar")])
        .dot("idTag", vec![identifier("idTag")])
        .dot("levelTag", vec![identifier("levelTag")])
        .dot("messageField", vec![identifier("messageField")])
        .dot("durationField", vec![identifier("durationField")]);
    if !rule.details.is_empty() {
        alert = alert.dot("details", vec![identifier("details")]);
    }
    if rule.no_recoveries {
        alert = alert.dot("noRecoveries", vec![]);
    }
    if rule.state_changes_only {
        alert = alert.dot("stateChangesOnly", vec![]);
    }
    if rule.flapping {
        alert = alert.dot(
            "flapping",
            vec![ast::Number::Float(0.0).into(), ast::Number::Float(0.0).into()],
        );
    }
    for post in &rule.posts {
        alert = with_post(alert, post)?;
    }
    for handler in in_printed_order(&rule.handlers) {
        alert = with_handler(alert, handler)?;
    }
    Ok(alert)
}

/// The handlers in Kapacitor's order, but none of `teams` right behind one that has a property of that name: Kapacitor
/// would take it for the property, as it does where Chronograf writes it so.
fn in_printed_order(handlers: &[Handler]) -> Vec<&Handler> {
    let has_teams = |handler: &Handler| handler.kind.options.iter().any(|option| option.method() == "teams");
    let first_teams = handlers
        .iter()
        .position(|handler| handler.kind.name == "teams")
        .unwrap_or(handlers.len());
    let (before, teams) = handlers.split_at(first_teams);
    if !before.last().is_some_and(has_teams) {
        return handlers.iter().collect();
    }
    let clear = before.iter().position(has_teams).unwrap_or(0);
    before[..clear].iter().chain(teams).chain(&before[clear..]).collect()
}

fn with_post(alert: Chain, post: &Post) -> Written<Chain> {
    let mut alert = alert.dot("post", post.url.iter().map(|url| string(url)).collect::<Written<_>>()?);
    if let Some(endpoint) = &post.endpoint {
        alert = alert.dot("endpoint", vec![string(endpoint)?]);
    }
    for (name, value) in &post.headers {
        alert = alert.dot("header", vec![string(name)?, string(value)?]);
    }
    Ok(alert)
}

fn with_handler(alert: Chain, handler: &Handler) -> Written<Chain> {
    let mut arguments = Vec::new();
    for option in handler
        .kind
        .options
        .iter()
        .filter(|option| option.form == Form::Arguments)
    {
        arguments.extend(option_arguments(handler.option(option.name))?);
    }
    let mut alert = alert.dot(handler.kind.name, arguments);
    for option in handler.kind.options {
        alert = with_option(alert, option, handler.option(option.name))?;
    }
    Ok(alert)
}

fn with_option(alert: Chain, option: &HandlerOption, value: Option<&OptionValue>) -> Written<Chain> {
    let arguments = option_arguments(value)?;
    Ok(match option.form {
        Form::Arguments => alert,
        Form::Repeated => arguments
            .into_iter()
            .fold(alert, |alert, item| alert.dot(option.method(), vec![item])),
        Form::Property if value.is_none() && option.kind != OptionKind::List => alert,
        Form::Property => alert.dot(option.method(), arguments),
    })
}

fn option_arguments(value: Option<&OptionValue>) -> Written<Vec<Expression>> {
    match value {
        None | Some(OptionValue::Flag) => Ok(Vec::new()),
        Some(OptionValue::Text(text)) => Ok(vec![string(text)?]),
        Some(OptionValue::List(items)) => strings(items),
        Some(OptionValue::Integer(integer)) => Ok(vec![number(super::Number::Integer(*integer))]),
    }
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

fn string(text: &str) -> Written<Expression> {
    StringLiteral::new(text).map(Expression::from)
}

fn strings(texts: &[String]) -> Written<Vec<Expression>> {
    texts.iter().map(|text| string(text)).collect()
}

fn reference(name: &str) -> Written<Expression> {
    Reference::new(name).map(Expression::from)
}

fn identifier(name: &str) -> Expression {
    Identifier::new(name).into()
}

fn duration(duration: &Duration) -> Expression {
    duration.literal().into()
}

fn value_expression(value: &Value) -> Written<Expression> {
    match value {
        Value::Number(value) => Ok(number(*value)),
        Value::Boolean(boolean) => Ok(Expression::from(*boolean)),
        Value::Text(text) => string(text),
    }
}

/// A number; TICKscript has no negative ones, but a minus before them.
fn number(value: super::Number) -> Expression {
    let (negative, magnitude) = match value {
        super::Number::Integer(integer) => (integer < 0, ast::Number::Integer(integer.saturating_abs())),
        super::Number::Float(float) => (float < 0.0, ast::Number::Float(float.abs())),
    };
    if negative {
        Unary::minus(magnitude).into()
    } else {
        magnitude.into()
    }
}
