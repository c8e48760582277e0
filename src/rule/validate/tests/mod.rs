//! What [`RuleSpec::check`] says of wrong attributes, and what it leaves alone.

use std::collections::BTreeMap;

mod attributes;
mod handlers;
mod scripts;
mod templates;
mod unknown;
mod webhooks;

use super::*;
use crate::rule::{Field, HandlerSpec, PostSpec, TextList, TextMap};

fn texts(pairs: &[(&str, &str)]) -> Field<TextMap> {
    Field::Known(
        pairs
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).into()))
            .collect(),
    )
}

fn threshold() -> RuleSpec {
    RuleSpec {
        name: "cpu high".into(),
        database: "telegraf".into(),
        measurement: "cpu".into(),
        field: "usage".into(),
        trigger: "threshold".into(),
        operator: ">".into(),
        value: "90".into(),
        ..RuleSpec::default()
    }
}

fn range() -> RuleSpec {
    RuleSpec {
        trigger: "range".into(),
        operator: "inside".into(),
        value: Field::Absent,
        lower: "1".into(),
        upper: "2".into(),
        ..threshold()
    }
}

fn relative() -> RuleSpec {
    RuleSpec {
        trigger: "relative".into(),
        change: "amount".into(),
        shift: "1m".into(),
        ..threshold()
    }
}

fn deadman() -> RuleSpec {
    RuleSpec {
        trigger: "deadman".into(),
        operator: Field::Absent,
        value: Field::Absent,
        period: "10m".into(),
        ..threshold()
    }
}

fn with_post(post: PostSpec) -> RuleSpec {
    RuleSpec {
        posts: Field::Known(vec![post]),
        ..threshold()
    }
}

fn with_handler(kind: &str, options: &[(&str, &str)], secrets: &[(&str, &str)]) -> RuleSpec {
    let handler = HandlerSpec {
        kind: kind.into(),
        options: texts(options),
        secrets: texts(secrets),
    };
    RuleSpec {
        handlers: Field::Known(vec![handler]),
        ..threshold()
    }
}

fn tags(pairs: &[(&str, &[&str])]) -> Field<BTreeMap<String, Field<TextList>>> {
    let list = |values: &[&str]| Field::Known(values.iter().map(|value| (*value).into()).collect());
    Field::Known(
        pairs
            .iter()
            .map(|(tag, values)| ((*tag).to_owned(), list(values)))
            .collect(),
    )
}

/// Checks that an attribute, and no other, is found wrong, with words that help.
fn assert_error(spec: RuleSpec, path: &str, words: &str) {
    let errors = spec.check();
    let [error] = errors.as_slice() else {
        panic!("expected one error at {path}, got {errors:?}")
    };
    assert_eq!(error.path.to_string(), path, "{error}");
    assert!(error.message.contains(words), "{error}");
    assert!(Rule::try_from(spec).is_err());
}
