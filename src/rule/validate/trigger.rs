//! The trigger of a rule and the value that it watches.

use super::validation::{Use, Validation};
use crate::rule::terms::value::begins_like_a_number;
use crate::rule::{
    Aggregate, Aggregation, AttributePath, ChangeKind, Duration, Field, Operator, RangeOperator, RuleSpec, Source,
    Trigger, TriggerKind, Value,
};

impl Validation {
    pub(super) fn trigger(&mut self, spec: &RuleSpec, kind: Option<TriggerKind>) -> Option<Trigger> {
        let field = self.optional_text("field", &spec.field, Use::Column);
        let period = self.duration("period", &spec.period);
        let every = self.duration("every", &spec.every);
        let shift = self.duration("shift", &spec.shift);
        let change = self.word::<ChangeKind>("change", &spec.change);
        let lower = self.number("lower", &spec.lower);
        let upper = self.number("upper", &spec.upper);
        let function = self.word::<Aggregate>("aggregate", &spec.aggregate);
        let kind = kind?;
        if kind == TriggerKind::Deadman {
            return Some(Trigger::Deadman {
                field: field?,
                period: period?,
            });
        }
        let source = self.source(spec, field.flatten(), function, period, every);
        match kind {
            TriggerKind::Threshold => {
                let operator = self.word::<Operator>("operator", &spec.operator);
                let value = self.value(&spec.value);
                self.order(operator, value.as_ref(), &spec.value);
                Some(Trigger::Threshold {
                    source: source?,
                    operator: operator?,
                    value: value?,
                })
            }
            TriggerKind::Relative => {
                let operator = self.word::<Operator>("operator", &spec.operator);
                let value = self.number("value", &spec.value);
                Some(Trigger::Relative {
                    source: source?,
                    change: change?,
                    shift: shift?,
                    operator: operator?,
                    value: value?,
                })
            }
            TriggerKind::Range => {
                let operator = self.word::<RangeOperator>("operator", &spec.operator);
                let (lower, upper) = (lower?, upper?);
                if lower.is_greater_than(upper) {
                    self.discourage(
                        AttributePath::root("lower"),
                        format!("lower ({lower}) is greater than upper ({upper}): swap them."),
                    );
                }
                Some(Trigger::Range {
                    source: source?,
                    operator: operator?,
                    lower,
                    upper,
                })
            }
            TriggerKind::Deadman => None,
        }
    }

    /// The watched value; `aggregate`, `period` and `every` come together or not at all.
    fn source(
        &mut self,
        spec: &RuleSpec,
        field: Option<String>,
        function: Option<Aggregate>,
        period: Option<Duration>,
        every: Option<Duration>,
    ) -> Option<Source> {
        for (name, given) in [("period", &spec.period), ("every", &spec.every)] {
            if given.known().is_some() && spec.aggregate.is_absent() {
                self.error(
                    AttributePath::root(name),
                    format!("The attribute {name} belongs to an aggregate: add aggregate, or leave {name} out."),
                );
            }
            if given.is_absent() && spec.aggregate.known().is_some() {
                self.error(
                    AttributePath::root(name),
                    format!("The attribute aggregate needs {name}: a duration such as \"30s\"."),
                );
            }
        }
        let aggregate = match spec.aggregate {
            Field::Absent => None,
            _ => Some(Aggregation {
                function: function?,
                period: period?,
                every: every?,
            }),
        };
        Some(Source {
            field: field?,
            aggregate,
        })
    }

    fn value(&mut self, given: &Field<String>) -> Option<Value> {
        let path = AttributePath::root("value");
        let written = given.known()?;
        if written.is_empty() {
            self.error(
                path,
                "The value is empty: write a number, true, false or a text to compare with.",
            );
            return None;
        }
        let value = Value::parse(written);
        if let Value::Text(text) = &value {
            self.writable(&path, text, Use::Text)?;
            if begins_like_a_number(written) {
                self.discourage(
                    path,
                    format!(
                        "The value {written:?} begins like a number and is not one: write a number in digits, such as 1000 or \
                         0.5. If a text is meant, put it in single quotation marks: \"'{written}'\"."
                    ),
                );
            }
        }
        Some(value)
    }

    /// A text has an order in TICKscript, but nobody means that of its letters.
    fn order(&mut self, operator: Option<Operator>, value: Option<&Value>, given: &Field<String>) {
        let (Some(operator), Some(Value::Text(text))) = (operator, value) else {
            return;
        };
        let told = given.known().is_some_and(|written| begins_like_a_number(written));
        if !told && !matches!(operator, Operator::Equal | Operator::NotEqual) {
            self.discourage(
                AttributePath::root("value"),
                format!(
                    "The value {text:?} is a text, which \"{operator}\" does not compare as a number: Kapacitor fails on every \
                     point of a field that holds numbers, and the rule never alerts. Write a number, or use \"==\" or \"!=\"."
                ),
            );
        }
    }
}
