//! From a script to the rule that it says, by its structure.
//!
//! What is needed for the attributes is looked up where Chronograf writes it. Then the rule's own script is held against
//! the one that was read, both in normal form: so nothing that the attributes cannot say is ever overlooked.

use std::collections::BTreeMap;

use super::dialect::{Dialect, Reading};
use super::handlers::{Form, Handler, HandlerKind, HandlerOption, OptionKind, OptionValue};
use super::normal::{alert, expression, nodes, normal, Alert, Node};
use super::write::{change_expression, comparison, program_in};
use super::{
    Aggregate, ChangeKind, Field, HandlerSpec, NotARule, Number, Operator, PostSpec, Rule, RuleSpec, TextList, TextMap,
    TriggerKind, Value,
};
use crate::tickscript::{self, ast};
use ast::{Call, Expression, Program, Statement};

type Read<T> = Result<T, NotARule>;

impl Rule {
    /// Reads a rule from its script.
    ///
    /// Spacing, comments and the order of what has no order do not matter. A script without `.stateChangesOnly()` reads as
    /// a rule with `state_changes_only` off, and one with two of them, as Chronograf creates, as one with it on.
    ///
    /// # Errors
    /// The script does not parse, or says what the attributes cannot say: it was edited by hand, or never was a rule.
    pub fn from_tickscript(script: &str) -> Result<Rule, NotARule> {
        Ok(Rule::reading(script)?.rule)
    }

    /// The same, and whether the script is worded as the rule's own is.
    ///
    /// # Errors
    /// As [`Rule::from_tickscript`].
    pub fn reading(script: &str) -> Result<Reading, NotARule> {
        let program = tickscript::parse(script).map_err(|error| {
            let place = error.position();
            NotARule::because(format!(
                "the script does not parse: line {}, character {}",
                place.line, place.column
            ))
        })?;
        let spec = Script::of(&program).spec()?;
        let rule = Rule::as_found(&spec).map_err(|errors| NotARule::because(refusal(&errors)))?;
        let given = normal(&program);
        if given == normal(&rule.program) {
            return Ok(Reading { rule, is_older: false });
        }
        let older = rule.worded_in(Dialect::of(&given))?;
        match difference(&given, &older) {
            None => Ok(Reading { rule, is_older: true }),
            Some(reason) => Err(NotARule::because(reason)),
        }
    }

    /// The normal form of the script that an earlier Chronograf wrote for this rule.
    fn worded_in(&self, dialect: Dialect) -> Read<Program> {
        let unwritable =
            |reason: &dyn std::fmt::Display| NotARule::because(format!("the rule cannot be written: {reason}"));
        let program = program_in(&self.definition, dialect).map_err(|reason| unwritable(&reason))?;
        let program = tickscript::parse(&program.to_string()).map_err(|error| unwritable(error.kind()))?;
        Ok(normal(&program))
    }
}

fn refusal(errors: &[super::RuleError]) -> String {
    match errors.first() {
        Some(error) => format!("the attribute {} cannot be read: {}", error.path, error.message),
        None => "the attributes cannot be read".to_owned(),
    }
}

/// What the script says and the rule does not, or the other way round; names only, since values may be secret.
fn difference(given: &Program, own: &Program) -> Option<String> {
    let changed = given
        .statements
        .iter()
        .find(|statement| !own.statements.contains(statement));
    if let Some(statement) = changed {
        let what = match statement {
            Statement::Variable(variable) => format!("`var {}`", variable.name.name),
            Statement::TypedVariable(variable) => format!("`var {}`", variable.name.name),
            Statement::Dbrp(_) => "`dbrp`".to_owned(),
            Statement::Expression(Expression::Chain(chain)) => {
                format!("a statement that begins with `{}`", chain.head.name())
            }
            Statement::Expression(_) => "a statement".to_owned(),
        };
        return Some(format!(
            "{what} says more than the attributes of a rule can, or something else"
        ));
    }
    (given != own).then(|| "a statement of the rule is missing, repeated or in another place".to_owned())
}

/// The parts of a script in which a rule's attributes are looked up.
struct Script<'a> {
    variables: BTreeMap<&'a str, &'a Expression>,
}

impl<'a> Script<'a> {
    fn of(program: &'a Program) -> Self {
        let mut variables = BTreeMap::new();
        for statement in &program.statements {
            if let Statement::Variable(variable) = statement {
                variables.insert(variable.name.name.as_str(), &variable.value);
            }
        }
        Script { variables }
    }

    fn spec(&self) -> Read<RuleSpec> {
        let alert = self.alert()?;
        let flag = |name: &str| Field::Known(alert.properties.iter().any(|property| property.name == name));
        let condition = self.condition()?;
        let mut spec = RuleSpec {
            name: Field::Known(self.text("name")?),
            database: Field::Known(self.text("db")?),
            retention_policy: Field::Known(self.text("rp")?),
            measurement: Field::Known(self.text("measurement")?),
            group_by: self.group_by()?,
            message: Field::Known(self.text("message")?),
            details: if self.variables.contains_key("details") {
                Field::Known(self.text("details")?)
            } else {
                Field::Absent
            },
            state_changes_only: flag("stateChangesOnly"),
            no_recoveries: flag("noRecoveries"),
            flapping: flag("flapping"),
            ..RuleSpec::default()
        };
        set_tags(&mut spec, &condition)?;
        self.set_trigger(&mut spec, &alert, condition.field)?;
        let (posts, handlers): (Vec<&Node>, Vec<&Node>) =
            alert.handlers.iter().partition(|handler| handler.call.name == "post");
        spec.posts = Field::Known(posts.into_iter().map(post).collect::<Read<_>>()?);
        spec.handlers = Field::Known(handlers.into_iter().map(handler).collect::<Read<_>>()?);
        Ok(spec)
    }

    fn set_trigger(&self, spec: &mut RuleSpec, alert: &Alert, filtered_field: Option<String>) -> Read<()> {
        let kind = self.trigger_kind()?;
        spec.trigger = kind.name().into();
        if kind == TriggerKind::Deadman {
            spec.period = self.duration("period")?;
            spec.field = filtered_field.into();
            return Ok(());
        }
        self.set_source(spec)?;
        let operators = crit_operators(alert)?;
        match kind {
            TriggerKind::Range => {
                let inside = operators.contains(&ast::Operator::And);
                spec.operator = if inside { "inside" } else { "outside" }.into();
                spec.lower = self.number("lower")?;
                spec.upper = self.number("upper")?;
            }
            TriggerKind::Relative => {
                spec.operator = comparison_word(&operators)?;
                spec.change = self.change()?;
                spec.shift = self.duration("shift")?;
                spec.value = self.number("crit")?;
            }
            TriggerKind::Threshold | TriggerKind::Deadman => {
                spec.operator = comparison_word(&operators)?;
                spec.value = self.value("crit")?;
            }
        }
        Ok(())
    }

    /// Chronograf's `triggerType`, where a threshold with two bounds is a range.
    fn trigger_kind(&self) -> Read<TriggerKind> {
        match self.text("triggerType")?.as_str() {
            "threshold" if self.variables.contains_key("lower") => Ok(TriggerKind::Range),
            "threshold" => Ok(TriggerKind::Threshold),
            "relative" => Ok(TriggerKind::Relative),
            "deadman" => Ok(TriggerKind::Deadman),
            _ => Err(NotARule::because(
                "`var triggerType` is none of threshold, relative and deadman",
            )),
        }
    }

    /// The field, and its function where the last node is one.
    fn set_source(&self, spec: &mut RuleSpec) -> Read<()> {
        let nodes = self.chain_nodes("data")?;
        let unknown = || NotARule::because("`var data` does not end in a field or in a function of one");
        let last = nodes.last().ok_or_else(unknown)?;
        let argument = last.call.only_argument().ok_or_else(unknown)?;
        if last.call.name == "eval" {
            let field = argument
                .as_lambda()
                .and_then(Expression::as_reference)
                .ok_or_else(unknown)?;
            spec.field = field.into();
            return Ok(());
        }
        let function: Aggregate = last.call.name.parse().map_err(|_| unknown())?;
        spec.field = argument.as_str().ok_or_else(unknown)?.into();
        spec.aggregate = function.name().into();
        spec.period = self.duration("period")?;
        spec.every = self.duration("every")?;
        Ok(())
    }

    fn change(&self) -> Read<Field<String>> {
        let unknown = || NotARule::because("`var trigger` does not measure a change as Chronograf does");
        let nodes = self.chain_nodes("trigger")?;
        let measured = nodes
            .iter()
            .find(|node| node.call.name == "eval")
            .and_then(|node| node.call.only_argument());
        let measured = measured.ok_or_else(unknown)?;
        ChangeKind::ALL
            .iter()
            .find(|kind| change_expression(**kind).is_ok_and(|change| expression(&change) == *measured))
            .map(|kind| kind.name().into())
            .ok_or_else(unknown)
    }

    fn alert(&self) -> Read<Alert> {
        let nodes = self.chain_nodes("trigger")?;
        nodes
            .last()
            .and_then(alert)
            .ok_or_else(|| NotARule::because("`var trigger` does not end in an alert"))
    }

    fn condition(&self) -> Read<Condition> {
        let filter = self.variable("whereFilter")?;
        match filter.as_lambda() {
            Some(filter) => Condition::of(filter),
            None => Err(NotARule::because("`var whereFilter` is no lambda")),
        }
    }

    fn group_by(&self) -> Read<Field<TextList>> {
        let unknown = || NotARule::because("`var groupBy` is no list of tags");
        let Expression::List(list) = self.variable("groupBy")? else {
            return Err(unknown());
        };
        let tags: Vec<&str> = list
            .items
            .iter()
            .map(|item| item.as_str().ok_or_else(unknown))
            .collect::<Read<_>>()?;
        Ok(Field::Known(tags.into_iter().map(Field::from).collect()))
    }

    fn chain_nodes(&self, name: &str) -> Read<Vec<Node>> {
        match self.variable(name)? {
            Expression::Chain(chain) => Ok(nodes(chain).1),
            _ => Err(NotARule::because(format!("`var {name}` is no chain of nodes"))),
        }
    }

    fn variable(&self, name: &str) -> Read<&'a Expression> {
        self.variables
            .get(name)
            .copied()
            .ok_or_else(|| NotARule::because(format!("`var {name}` is missing")))
    }

    fn text(&self, name: &str) -> Read<String> {
        let value = self.variable(name)?.as_str();
        value
            .map(str::to_owned)
            .ok_or_else(|| NotARule::because(format!("`var {name}` is no text")))
    }

    fn duration(&self, name: &str) -> Read<Field<String>> {
        match self.variable(name)? {
            Expression::Duration(duration) => Ok(duration.literal().into()),
            _ => Err(NotARule::because(format!("`var {name}` is no duration"))),
        }
    }

    fn number(&self, name: &str) -> Read<Field<String>> {
        let number =
            number(self.variable(name)?).ok_or_else(|| NotARule::because(format!("`var {name}` is no number")))?;
        Ok(Field::Known(number.to_string()))
    }

    fn value(&self, name: &str) -> Read<Field<String>> {
        let given = self.variable(name)?;
        let value = match given {
            Expression::Bool(boolean) => Some(Value::Boolean(boolean.value)),
            Expression::String(text) => Some(Value::Text(text.value().to_owned())),
            _ => number(given).map(Value::Number),
        };
        let value =
            value.ok_or_else(|| NotARule::because(format!("`var {name}` is no number, TRUE, FALSE or other text")))?;
        Ok(Field::Known(value.to_string()))
    }
}

/// What `whereFilter` asks for.
#[derive(Default)]
struct Condition {
    accepted: BTreeMap<String, Vec<String>>,
    excluded: BTreeMap<String, Vec<String>>,
    field: Option<String>,
}

impl Condition {
    fn of(filter: &Expression) -> Read<Condition> {
        let mut condition = Condition::default();
        condition.add(filter)?;
        Ok(condition)
    }

    /// Collects what is asked for, whatever it is joined with: the rule's own script tells whether it was joined right.
    fn add(&mut self, filter: &Expression) -> Read<()> {
        match filter {
            Expression::Bool(boolean) if boolean.value => Ok(()),
            Expression::Call(call) if call.name == "isPresent" => {
                self.field = call
                    .only_argument()
                    .and_then(Expression::as_reference)
                    .map(str::to_owned);
                Ok(())
            }
            Expression::Binary(binary) => match binary.as_pair() {
                Some((Expression::Reference(tag), ast::Operator::Equal, Expression::String(value))) => {
                    self.accepted
                        .entry(tag.name().to_owned())
                        .or_default()
                        .push(value.value().to_owned());
                    Ok(())
                }
                Some((Expression::Reference(tag), ast::Operator::NotEqual, Expression::String(value))) => {
                    self.excluded
                        .entry(tag.name().to_owned())
                        .or_default()
                        .push(value.value().to_owned());
                    Ok(())
                }
                _ if excludes_nothing(binary) => Err(NotARule::because(
                    "`var whereFilter` joins several != of one tag with OR, as Chronograf 1.8.8 and older did: every series \
                     differs from one of two values, so that nothing is excluded, and `exclude` would say something else",
                )),
                _ => {
                    self.add(binary.first())?;
                    binary
                        .rest()
                        .iter()
                        .try_for_each(|operation| self.add(&operation.operand))
                }
            },
            _ => Err(NotARule::because(
                "`var whereFilter` holds what is no comparison of a tag with a text",
            )),
        }
    }
}

/// Whether several comparisons with != are joined with OR.
fn excludes_nothing(binary: &ast::Binary) -> bool {
    let is_not_equal = |operand: &&Expression| matches!(operand, Expression::Binary(inner) if matches!(inner.as_pair(), Some((_, ast::Operator::NotEqual, _))));
    let alternatives = binary.operands_of(ast::Operator::Or).unwrap_or_default();
    alternatives.iter().filter(|operand| is_not_equal(operand)).count() > 1
}

fn set_tags(spec: &mut RuleSpec, condition: &Condition) -> Read<()> {
    let known = |tags: &BTreeMap<String, Vec<String>>| {
        let lists = tags.iter().map(|(tag, values)| {
            (
                tag.clone(),
                Field::Known(
                    values
                        .iter()
                        .map(|value| Field::Known(value.clone()))
                        .collect::<TextList>(),
                ),
            )
        });
        Field::Known(lists.collect())
    };
    match (condition.accepted.is_empty(), condition.excluded.is_empty()) {
        (true, true) => {}
        (false, true) => spec.where_tags = known(&condition.accepted),
        (true, false) => spec.exclude = known(&condition.excluded),
        (false, false) => return Err(NotARule::because("`var whereFilter` mixes == and !=")),
    }
    Ok(())
}

/// All operators of the condition that makes the alert critical, the outermost first.
fn crit_operators(alert: &Alert) -> Read<Vec<ast::Operator>> {
    let unknown = || NotARule::because("`var trigger` has no condition for its critical level");
    let crit = alert
        .properties
        .iter()
        .find(|property| property.name == "crit")
        .and_then(Call::only_argument);
    let Some(Expression::Binary(binary)) = crit.and_then(Expression::as_lambda) else {
        return Err(unknown());
    };
    Ok(binary.rest().iter().map(|operation| operation.operator).collect())
}

fn comparison_word(operators: &[ast::Operator]) -> Read<Field<String>> {
    let word = Operator::ALL
        .iter()
        .find(|operator| operators == [comparison(**operator)]);
    word.map(|operator| operator.name().into())
        .ok_or_else(|| NotARule::because("`var trigger` does not compare the value as a rule does"))
}

fn number(value: &Expression) -> Option<Number> {
    let negative = |number| match number {
        Number::Integer(integer) => Number::Integer(-integer),
        Number::Float(float) => Number::Float(-float),
    };
    match value {
        Expression::Number(literal) => Some(match literal.value() {
            ast::Number::Integer(integer) | ast::Number::Octal(integer) => Number::Integer(integer),
            ast::Number::Float(float) => Number::Float(float),
        }),
        Expression::Unary(unary)
            if unary.operator == ast::UnaryOperator::Minus && matches!(unary.operand, Expression::Number(_)) =>
        {
            number(&unary.operand).map(negative)
        }
        _ => None,
    }
}

fn post(node: &Node) -> Read<PostSpec> {
    let unknown = || NotARule::because("a `post` is written in a way that a rule has no attribute for");
    let mut spec = PostSpec::default();
    match node.call.arguments.as_slice() {
        [] => {}
        [url] => spec.url = url.as_str().ok_or_else(unknown)?.into(),
        _ => return Err(unknown()),
    }
    let mut headers = TextMap::new();
    for property in &node.properties {
        let texts: Option<Vec<&str>> = property.arguments.iter().map(Expression::as_str).collect();
        match (property.name.as_str(), texts.unwrap_or_default().as_slice()) {
            ("endpoint", [name]) => spec.endpoint = (*name).into(),
            ("header", [name, value]) => {
                headers.insert((*name).to_owned(), (*value).into());
            }
            (name, _) => {
                return Err(NotARule::because(format!(
                    "the property `{name}` of `post` is none that a rule has an attribute for"
                )))
            }
        }
    }
    if !headers.is_empty() {
        spec.headers = Field::Known(headers);
    }
    Ok(spec)
}

fn handler(node: &Node) -> Read<HandlerSpec> {
    let kind = HandlerKind::named(&node.call.name).map_err(NotARule::because)?;
    let mut handler = Handler {
        kind,
        options: BTreeMap::new(),
    };
    let in_parentheses = kind
        .options
        .iter()
        .find(|option| matches!(option.form, Form::Arguments | Form::Repeated));
    match in_parentheses {
        Some(option) => set_option(&mut handler, option, &node.call)?,
        None if node.call.arguments.is_empty() => {}
        None => return Err(unknown_property(kind, "its parentheses")),
    }
    for property in &node.properties {
        let option = kind
            .options
            .iter()
            .find(|option| option.form != Form::Arguments && option.method() == property.name);
        let option = option.ok_or_else(|| unknown_property(kind, &property.name))?;
        set_option(&mut handler, option, property)?;
    }
    Ok(HandlerSpec::from(&handler))
}

fn set_option(handler: &mut Handler, option: &'static HandlerOption, call: &Call) -> Read<()> {
    let unknown = || unknown_property(handler.kind, option.name);
    let texts: Option<Vec<String>> = call
        .arguments
        .iter()
        .map(|argument| argument.as_str().map(str::to_owned))
        .collect();
    let value = match (option.kind, call.arguments.as_slice()) {
        (OptionKind::Flag, []) => Some(OptionValue::Flag),
        (OptionKind::Integer, [argument]) => match number(argument) {
            Some(Number::Integer(integer)) => Some(OptionValue::Integer(integer)),
            _ => return Err(unknown()),
        },
        (OptionKind::Text, [_]) => texts.ok_or_else(unknown)?.into_iter().next().map(OptionValue::Text),
        (OptionKind::List, _) => Some(texts.ok_or_else(unknown)?)
            .filter(|items| !items.is_empty())
            .map(OptionValue::List),
        _ => return Err(unknown()),
    };
    match (option.form, value, handler.options.get_mut(option.name)) {
        (Form::Repeated, Some(OptionValue::List(more)), Some(OptionValue::List(items))) => items.extend(more),
        (_, Some(value), _) => {
            handler.options.insert(option.name, value);
        }
        (_, None, _) => {}
    }
    Ok(())
}

fn unknown_property(kind: &HandlerKind, name: &str) -> NotARule {
    NotARule::because(format!(
        "the handler {} has `{name}` written in a way that a rule has no attribute for",
        kind.name
    ))
}
