//! `whereFilter` of a script: which series and which points a rule looks at.

use std::collections::BTreeMap;

use crate::rule::script::expression::Read;
use crate::rule::{Field, RuleSpec, TextList, Unrepresentable};
use crate::tickscript::ast::{self, Expression};

/// What `whereFilter` asks for.
#[derive(Default)]
pub(crate) struct Condition {
    accepted: BTreeMap<String, Vec<String>>,
    excluded: BTreeMap<String, Vec<String>>,
    pub(crate) field: Option<String>,
}

impl Condition {
    pub(crate) fn of(filter: &Expression) -> Read<Condition> {
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
                _ if excludes_nothing(binary) => Err(Unrepresentable::because(
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
            _ => Err(Unrepresentable::because(
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

pub(crate) fn set_tags(spec: &mut RuleSpec, condition: &Condition) -> Read<()> {
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
        (false, true) => spec.r#where = known(&condition.accepted),
        (true, false) => spec.exclude = known(&condition.excluded),
        (false, false) => return Err(Unrepresentable::because("`var whereFilter` mixes == and !=")),
    }
    Ok(())
}
