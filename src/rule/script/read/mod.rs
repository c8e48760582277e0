//! From a script to the rule that it says, by its structure.
//!
//! What is needed for the attributes is looked up where Chronograf writes it. Then the rule's own script is held against
//! the one that was read, both in normal form: so nothing that the attributes cannot say is ever overlooked.

mod filter;
mod handlers;

use std::collections::BTreeMap;

use self::filter::set_tags;
use self::filter::Condition;
use self::handlers::handler;
use self::handlers::post;
use super::dialect::Dialect;
use super::expression::{as_number, Read};
use super::normal_form::{alert, expression, nodes, normal, Alert, Node};
use super::recognise::Reading;
use super::write::{change_expression, comparison, program_in};
use crate::rule::{
    Aggregate, ChangeKind, Field, Operator, Rule, RuleError, RuleSpec, TextList, TriggerKind, Unrepresentable, Value,
};
use crate::tickscript::{self, ast};
use ast::{Call, Expression, Program, Statement};

impl Rule {
    /// Reads a rule from its script.
    ///
    /// Spacing, comments and the order of what has no order do not matter. A script without `.stateChangesOnly()` reads as
    /// a rule with `state_changes_only` off, and one with two of them, as Chronograf creates, as one with it on.
    ///
    /// # Errors
    /// The script does not parse, or says what the attributes cannot say: it was edited by hand, or never was a rule.
    pub fn from_tickscript(script: &str) -> Result<Rule, Unrepresentable> {
        Ok(Rule::reading(script)?.rule)
    }

    /// The same, and whether the script is worded as the rule's own is.
    ///
    /// # Errors
    /// As [`Rule::from_tickscript`].
    pub fn reading(script: &str) -> Result<Reading, Unrepresentable> {
        let program = tickscript::parse(script).map_err(|error| {
            let place = error.position();
            Unrepresentable::because(format!(
                "the script does not parse: line {}, character {}",
                place.line, place.column
            ))
        })?;
        let spec = Script::of(&program).spec()?;
        let rule = Rule::from_server(&spec).map_err(|errors| Unrepresentable::because(refusal(&errors)))?;
        let given = normal(&program);
        if given == normal(&rule.program) {
            return Ok(Reading { rule, is_older: false });
        }
        let older = rule.worded_in(Dialect::of(&given))?;
        match difference(&given, &older) {
            None => Ok(Reading { rule, is_older: true }),
            Some(reason) => Err(Unrepresentable::because(reason)),
        }
    }

    /// The normal form of the script that an earlier Chronograf wrote for this rule.
    fn worded_in(&self, dialect: Dialect) -> Read<Program> {
        let unwritable =
            |reason: &dyn std::fmt::Display| Unrepresentable::because(format!("the rule cannot be written: {reason}"));
        let program = program_in(&self.definition, dialect).map_err(|reason| unwritable(&reason))?;
        let program = tickscript::parse(&program.to_string()).map_err(|error| unwritable(error.kind()))?;
        Ok(normal(&program))
    }
}

fn refusal(errors: &[RuleError]) -> String {
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
            _ => Err(Unrepresentable::because(
                "`var triggerType` is none of threshold, relative and deadman",
            )),
        }
    }

    /// The field, and its function where the last node is one.
    fn set_source(&self, spec: &mut RuleSpec) -> Read<()> {
        let nodes = self.chain_nodes("data")?;
        let unknown = || Unrepresentable::because("`var data` does not end in a field or in a function of one");
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
        let unknown = || Unrepresentable::because("`var trigger` does not measure a change as Chronograf does");
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
            .ok_or_else(|| Unrepresentable::because("`var trigger` does not end in an alert"))
    }

    fn condition(&self) -> Read<Condition> {
        let filter = self.variable("whereFilter")?;
        match filter.as_lambda() {
            Some(filter) => Condition::of(filter),
            None => Err(Unrepresentable::because("`var whereFilter` is no lambda")),
        }
    }

    fn group_by(&self) -> Read<Field<TextList>> {
        let unknown = || Unrepresentable::because("`var groupBy` is no list of tags");
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
            _ => Err(Unrepresentable::because(format!("`var {name}` is no chain of nodes"))),
        }
    }

    fn variable(&self, name: &str) -> Read<&'a Expression> {
        self.variables
            .get(name)
            .copied()
            .ok_or_else(|| Unrepresentable::because(format!("`var {name}` is missing")))
    }

    fn text(&self, name: &str) -> Read<String> {
        let value = self.variable(name)?.as_str();
        value
            .map(str::to_owned)
            .ok_or_else(|| Unrepresentable::because(format!("`var {name}` is no text")))
    }

    fn duration(&self, name: &str) -> Read<Field<String>> {
        match self.variable(name)? {
            Expression::Duration(duration) => Ok(duration.literal().into()),
            _ => Err(Unrepresentable::because(format!("`var {name}` is no duration"))),
        }
    }

    fn number(&self, name: &str) -> Read<Field<String>> {
        let number = as_number(self.variable(name)?)
            .ok_or_else(|| Unrepresentable::because(format!("`var {name}` is no number")))?;
        Ok(Field::Known(number.to_string()))
    }

    fn value(&self, name: &str) -> Read<Field<String>> {
        let given = self.variable(name)?;
        let value = match given {
            Expression::Bool(boolean) => Some(Value::Boolean(boolean.value)),
            Expression::String(text) => Some(Value::Text(text.value().to_owned())),
            _ => as_number(given).map(Value::Number),
        };
        let value = value
            .ok_or_else(|| Unrepresentable::because(format!("`var {name}` is no number, TRUE, FALSE or other text")))?;
        Ok(Field::Known(value.to_string()))
    }
}

/// All operators of the condition that makes the alert critical, the outermost first.
fn crit_operators(alert: &Alert) -> Read<Vec<ast::Operator>> {
    let unknown = || Unrepresentable::because("`var trigger` has no condition for its critical level");
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
        .ok_or_else(|| Unrepresentable::because("`var trigger` does not compare the value as a rule does"))
}
