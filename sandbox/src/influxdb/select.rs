//! What a query selects.

use super::parse::{Column, Condition, Measurement, Query};
use crate::engine::point::{Field, Point};
use std::collections::BTreeMap;

/// The points that a query brings. Numbers come as Kapacitor reads them from InfluxDB's answer: all are floats.
pub fn select(query: &Query, points: impl Iterator<Item = Point>) -> Vec<Point> {
    let mut found: Vec<Point> = points.filter(|point| query.matches(point)).collect();
    if query.columns.iter().any(Column::counts) {
        return counted(query, &found);
    }
    found.sort_by_key(|point| point.time);
    found.into_iter().filter_map(|point| query.row(point)).collect()
}

impl Column {
    fn counts(&self) -> bool {
        matches!(self, Column::Count(_) | Column::CountAll)
    }
}

impl Query {
    fn matches(&self, point: &Point) -> bool {
        let measurement = match &self.measurement {
            Measurement::Named(name) => *name == point.name,
            Measurement::Matching(regex) => regex.is_match(&point.name),
        };
        measurement
            && point.database == self.database
            && point.retention_policy == self.policy
            && self.condition.as_ref().is_none_or(|condition| condition.holds(point))
    }

    /// A row needs a field among the columns: tags alone make none.
    fn row(&self, mut point: Point) -> Option<Point> {
        let mut row = BTreeMap::new();
        let mut has_field = false;
        for column in &self.columns {
            match column {
                Column::All => {
                    has_field = true;
                    row.append(&mut point.fields.clone());
                    if !self.by_series {
                        row.extend(texts(&point.tags));
                    }
                }
                Column::Name(name) => {
                    if let Some(value) = point.fields.get(name) {
                        has_field = true;
                        row.insert(name.clone(), value.clone());
                    } else if let Some(value) = point.tags.get(name) {
                        row.insert(name.clone(), Field::String(value.clone()));
                    }
                }
                Column::Count(_) | Column::CountAll => {}
            }
        }
        for value in row.values_mut() {
            if let Field::Int(number) = value {
                *value = Field::Float(*number as f64);
            }
        }
        if !self.by_series {
            point.tags.clear();
        }
        point.fields = row;
        has_field.then_some(point)
    }
}

fn texts(tags: &BTreeMap<String, String>) -> impl Iterator<Item = (String, Field)> + '_ {
    tags.iter()
        .map(|(name, value)| (name.clone(), Field::String(value.clone())))
}

/// One row for each measurement, at the first moment that was asked for.
fn counted(query: &Query, points: &[Point]) -> Vec<Point> {
    let mut measurements: BTreeMap<&str, Vec<&Point>> = BTreeMap::new();
    for point in points {
        measurements.entry(&point.name).or_default().push(point);
    }
    let start = query.condition.as_ref().and_then(Condition::start).unwrap_or_default();
    let rows = measurements.into_iter().map(|(name, points)| {
        let count = |field: &str| points.iter().filter(|point| point.fields.contains_key(field)).count();
        let mut fields = BTreeMap::new();
        for column in &query.columns {
            match column {
                Column::Count(field) if count(field) > 0 => {
                    let name = match fields.len() {
                        0 => "count".to_owned(),
                        number => format!("count_{number}"),
                    };
                    fields.insert(name, Field::Float(count(field) as f64));
                }
                Column::CountAll => {
                    let names = points.iter().flat_map(|point| point.fields.keys());
                    fields.extend(names.map(|name| (format!("count_{name}"), Field::Float(count(name) as f64))));
                }
                _ => {}
            }
        }
        Point {
            database: query.database.clone(),
            retention_policy: query.policy.clone(),
            name: name.to_owned(),
            tags: BTreeMap::new(),
            fields,
            time: start,
            group: Default::default(),
        }
    });
    rows.filter(|row| !row.fields.is_empty()).collect()
}

impl Condition {
    fn holds(&self, point: &Point) -> bool {
        match self {
            Condition::And(parts) => parts.iter().all(|part| part.holds(point)),
            Condition::Or(parts) => parts.iter().any(|part| part.holds(point)),
            Condition::Time(operator, nanos) => match operator.as_str() {
                ">=" => point.time >= *nanos,
                ">" => point.time > *nanos,
                "<=" => point.time <= *nanos,
                "<" => point.time < *nanos,
                _ => point.time == *nanos,
            },
            Condition::Text(name, equal, text) => {
                // A tag that is missing is empty; a field that is missing equals nothing.
                let found = match point.fields.get(name) {
                    Some(Field::String(value)) => value == text,
                    Some(_) => return false,
                    None => point.tags.get(name).map_or("", String::as_str) == text,
                };
                found == *equal
            }
        }
    }

    fn start(&self) -> Option<i64> {
        match self {
            Condition::And(parts) | Condition::Or(parts) => parts.iter().find_map(Condition::start),
            Condition::Time(operator, nanos) if operator.starts_with('>') => Some(*nanos),
            _ => None,
        }
    }
}
