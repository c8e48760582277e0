//! The aggregates of Chronograf's builder, over the points of a window.

use crate::engine::nodes::message::Batch;
use crate::engine::point::{Field, Point};
use std::collections::BTreeMap;

/// The functions that are known, as nodes are called.
pub const FUNCTIONS: [&str; 12] = [
    "count", "distinct", "first", "last", "max", "mean", "median", "min", "mode", "spread", "stddev", "sum",
];

/// Whether a function hands on a batch, as its window was, and not points (kapacitor's pipeline/influxql.go).
pub fn makes_batch(function: &str) -> bool {
    function == "distinct"
}

/// The points that a function makes of a window. Windows without the field make none.
pub fn points(function: &str, field: &str, result: &str, batch: &Batch) -> Vec<Point> {
    let found: Vec<&Field> = batch
        .points
        .iter()
        .filter_map(|point| point.fields.get(field))
        .collect();
    let Some(last) = batch.points.last().filter(|_| !found.is_empty()) else {
        return Vec::new();
    };
    let values: Vec<Field> = match function {
        "count" => vec![Field::Int(found.len() as i64)],
        "first" => found.first().map(|value| (*value).clone()).into_iter().collect(),
        "last" => found.last().map(|value| (*value).clone()).into_iter().collect(),
        "distinct" => found.iter().fold(Vec::new(), |mut distinct, value| {
            if !distinct.contains(*value) {
                distinct.push((*value).clone());
            }
            distinct
        }),
        "mode" => mode(&found).into_iter().collect(),
        numeric => number(numeric, &found).into_iter().collect(),
    };
    let made = values.into_iter().map(|value| Point {
        database: last.database.clone(),
        retention_policy: last.retention_policy.clone(),
        name: batch.name.clone(),
        tags: batch.group.tags.clone(),
        fields: BTreeMap::from([(result.to_owned(), value)]),
        time: batch.time,
        group: batch.group.clone(),
    });
    made.collect()
}

fn mode(found: &[&Field]) -> Option<Field> {
    let occurrences = |value: &Field| found.iter().filter(|other| **other == value).count();
    let most = found.iter().map(|value| occurrences(value)).max()?;
    found
        .iter()
        .find(|value| occurrences(value) == most)
        .map(|value| (*value).clone())
}

fn number(function: &str, found: &[&Field]) -> Option<Field> {
    let all_whole = found.iter().all(|value| matches!(value, Field::Int(_)));
    let numbers: Vec<f64> = found.iter().map(|value| value.as_float()).collect::<Option<_>>()?;
    let count = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / count;
    let smallest = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let greatest = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let of_same_kind = |value: f64| {
        if all_whole {
            Field::Int(value as i64)
        } else {
            Field::Float(value)
        }
    };
    match function {
        "mean" => Some(Field::Float(mean)),
        "sum" => Some(of_same_kind(numbers.iter().sum())),
        "min" => Some(of_same_kind(smallest)),
        "max" => Some(of_same_kind(greatest)),
        "spread" => Some(of_same_kind(greatest - smallest)),
        "median" => Some(Field::Float(median(numbers))),
        "stddev" if numbers.len() > 1 => {
            let squares: f64 = numbers.iter().map(|value| (value - mean).powi(2)).sum();
            Some(Field::Float((squares / (count - 1.0)).sqrt()))
        }
        _ => None,
    }
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    if numbers.len() % 2 == 1 {
        numbers[middle]
    } else {
        (numbers[middle - 1] + numbers[middle]) / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aggregates_of_whole_and_broken_numbers() {
        let floats = [Field::Float(1.0), Field::Float(4.0), Field::Float(2.5)];
        let floats: Vec<&Field> = floats.iter().collect();
        assert_eq!(number("mean", &floats), Some(Field::Float(2.5)));
        assert_eq!(number("median", &floats), Some(Field::Float(2.5)));
        assert_eq!(number("spread", &floats), Some(Field::Float(3.0)));
        assert_eq!(number("stddev", &floats), Some(Field::Float(1.5)));
        let whole = [Field::Int(2), Field::Int(3), Field::Int(2)];
        let whole: Vec<&Field> = whole.iter().collect();
        assert_eq!(number("sum", &whole), Some(Field::Int(7)));
        assert_eq!(mode(&whole), Some(Field::Int(2)));
        assert_eq!(number("nope", &whole), None);
    }
}
