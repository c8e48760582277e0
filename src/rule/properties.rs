//! What holds for every rule, tried on generated ones.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::handlers::{Content, HandlerOption, OptionKind, KINDS};
use super::{
    redact_script, Aggregate, ChangeKind, Field, HandlerSpec, Operator, PostSpec, RangeOperator, Rule, RuleSpec,
    TextList, TextMap, ATTRIBUTES,
};
use crate::secret::Key;
use crate::tickscript;

/// Texts that hold what is hard to write: quotes, backslashes, line breaks and more than ASCII. None ends in a backslash.
fn name() -> impl Strategy<Value = String> {
    "[a-z{} .:/\"'\\\\\n\té🔥-]{0,8}[a-z\"'é]".prop_filter("a template has to close", |text| !text.contains("{{"))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![1 => Just(String::new()), 4 => name()]
}

fn duration() -> impl Strategy<Value = String> {
    (1u32..1000, select(vec!["u", "ms", "s", "m", "h", "d", "w"])).prop_map(|(amount, unit)| format!("{amount}{unit}"))
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i32>().prop_map(|number| number.to_string()),
        (-1e9f64..1e9).prop_map(|number| number.to_string())
    ]
}

fn word(words: &'static [&'static str]) -> impl Strategy<Value = Field<String>> {
    select(words).prop_map(Field::from)
}

fn known<T: std::fmt::Debug>(strategy: impl Strategy<Value = T>) -> impl Strategy<Value = Field<T>> {
    strategy.prop_map(Field::Known)
}

fn texts(strategy: impl Strategy<Value = String>, count: std::ops::Range<usize>) -> impl Strategy<Value = TextList> {
    vec(strategy.prop_map(Field::Known), count)
}

fn tags() -> impl Strategy<Value = BTreeMap<String, Field<TextList>>> {
    btree_map(name(), known(texts(text(), 1..4)), 0..4)
}

/// The attributes that depend on the trigger.
fn triggers() -> impl Strategy<Value = RuleSpec> {
    // Only numbers have an order.
    let ordered = (known(number()), word(Operator::WORDS)).boxed();
    let equal = (known(prop_oneof![name(), Just("TRUE".to_owned())]), word(&["==", "!="])).boxed();
    let threshold = prop_oneof![ordered, equal].prop_map(|(value, operator)| RuleSpec {
        trigger: "threshold".into(),
        value,
        operator,
        ..RuleSpec::default()
    });
    let range = (0i32..1000, 0i32..1000, word(RangeOperator::WORDS)).prop_map(|(lower, width, operator)| RuleSpec {
        trigger: "range".into(),
        lower: Field::Known(lower.to_string()),
        upper: Field::Known((lower + width).to_string()),
        operator,
        ..RuleSpec::default()
    });
    let relative = (
        known(number()),
        word(Operator::WORDS),
        word(ChangeKind::WORDS),
        known(duration()),
    )
        .prop_map(|(value, operator, change, shift)| RuleSpec {
            trigger: "relative".into(),
            value,
            operator,
            change,
            shift,
            ..RuleSpec::default()
        });
    let watched = (prop_oneof![threshold, range, relative], known(name()))
        .prop_map(|(spec, field)| RuleSpec { field, ..spec })
        .boxed();
    let aggregate = (word(Aggregate::WORDS), known(duration()), known(duration()));
    let aggregated = (watched.clone(), aggregate).prop_map(|(spec, (aggregate, period, every))| RuleSpec {
        aggregate,
        period,
        every,
        ..spec
    });
    let deadman = (known(duration()), proptest::option::of(name())).prop_map(|(period, field)| RuleSpec {
        trigger: "deadman".into(),
        period,
        field: field.into(),
        ..RuleSpec::default()
    });
    prop_oneof![watched, aggregated, deadman]
}

fn option_text(content: Content) -> BoxedStrategy<String> {
    match content {
        Content::Url => name()
            .prop_map(|text| format!("https://host/{}", text.replace(['\n', '\t'], "")))
            .boxed(),
        Content::Address => "[a-z]{1,4}:[1-9]{1,3}".boxed(),
        Content::Path => name().prop_map(|text| format!("/{text}")).boxed(),
        Content::Mailbox => name()
            .prop_map(|name| format!("{}@example.com", name.replace(';', "")))
            .boxed(),
        Content::Plain | Content::Template(_) => name().boxed(),
    }
}

fn option_value(option: &HandlerOption) -> BoxedStrategy<String> {
    match option.kind {
        OptionKind::Text => option_text(option.content),
        OptionKind::List => vec(option_text(option.content), 1..4)
            .prop_map(|items| serde_json::Value::from(items).to_string())
            .boxed(),
        OptionKind::Flag => Just("true".to_owned()).boxed(),
        OptionKind::Integer => any::<i32>()
            .prop_filter("zero is nothing", |number| *number != 0)
            .prop_map(|n| n.to_string())
            .boxed(),
    }
}

fn handler() -> impl Strategy<Value = HandlerSpec> {
    (0..KINDS.len()).prop_flat_map(|index| {
        let kind = &KINDS[index];
        let options: Vec<_> = kind
            .options
            .iter()
            .map(|option| {
                let value = option_value(option);
                if option.required {
                    value.prop_map(Some).boxed()
                } else {
                    proptest::option::of(value).boxed()
                }
            })
            .collect();
        options.prop_map(move |values| {
            let mut maps = [TextMap::new(), TextMap::new()];
            for (option, value) in kind.options.iter().zip(values) {
                if let Some(value) = value {
                    maps[usize::from(option.secret)].insert(option.name.to_owned(), Field::Known(value));
                }
            }
            let [options, secrets] = maps;
            HandlerSpec {
                kind: kind.name.into(),
                options: Field::Known(options),
                secrets: Field::Known(secrets),
            }
        })
    })
}

fn post() -> impl Strategy<Value = PostSpec> {
    let url = "https://[a-z]{1,6}\\.example/[a-z0-9]{4,12}";
    let headers = btree_map(
        "[A-Z][a-z]{0,5}-[A-Z]",
        text().prop_map(|value| value.replace('\n', " ")),
        0..3,
    );
    (proptest::option::weighted(0.8, url), name(), any::<bool>(), headers).prop_map(|(url, endpoint, both, headers)| {
        PostSpec {
            endpoint: if url.is_none() || both {
                Field::Known(endpoint)
            } else {
                Field::Absent
            },
            url: url.into(),
            headers: Field::Known(
                headers
                    .into_iter()
                    .map(|(name, value)| (name, Field::Known(value)))
                    .collect(),
            ),
            sensitive_headers: Field::Absent,
        }
    })
}

fn spec() -> impl Strategy<Value = RuleSpec> {
    let names = (known(name()), known(name()), known(name()), known(name()));
    let group_by = known(proptest::collection::btree_set(name(), 0..3))
        .prop_map(|tags| tags.map(|tags| tags.into_iter().map(Field::Known).collect()));
    let texts = (known(text()), known(text()));
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    let by_kind = |mut handlers: Vec<HandlerSpec>| {
        handlers.sort_by_key(HandlerSpec::position);
        handlers
    };
    let handlers = vec(handler(), 0..5).prop_map(by_kind);
    let sends = (known(vec(post(), 0..3)), known(handlers));
    (
        names,
        group_by,
        (tags(), any::<bool>()),
        triggers(),
        texts,
        flags,
        sends,
    )
        .prop_map(
            |(
                (name, database, retention_policy, measurement),
                group_by,
                (tags, accepted),
                trigger,
                (message, details),
                flags,
                (posts, handlers),
            )| {
                let tags = Field::Known(tags);
                let (tags, exclude) = if accepted {
                    (tags, Field::Absent)
                } else {
                    (Field::Absent, tags)
                };
                RuleSpec {
                    name,
                    database,
                    retention_policy,
                    measurement,
                    group_by,
                    r#where: tags,
                    exclude,
                    message,
                    details,
                    state_changes_only: Field::Known(flags.0),
                    no_recoveries: Field::Known(flags.1),
                    flapping: Field::Known(flags.2),
                    posts,
                    handlers,
                    ..trigger
                }
            },
        )
}

fn rule() -> impl Strategy<Value = Rule> {
    spec().prop_map(|spec| match Rule::try_from(spec.clone()) {
        Ok(rule) => rule,
        Err(errors) => panic!("a generated rule is refused: {errors:?}\n{spec:?}"),
    })
}

/// What no generated rule has is not tried by what follows.
#[test]
fn each_attribute_is_in_a_generated_rule() {
    let mut runner = TestRunner::deterministic();
    let specs: Vec<RuleSpec> = (0..200)
        .map(|_| spec().new_tree(&mut runner).unwrap().current())
        .collect();
    for attribute in ATTRIBUTES {
        let is_set = |spec: &RuleSpec| spec.state(attribute.name).known().is_some();
        assert!(specs.iter().any(is_set), "{}", attribute.name);
    }
}

/// A script whose declarations and alert properties stand in another order, with a comment before each line.
fn rearranged(script: &str, seed: usize) -> String {
    let statements: Vec<&str> = script.split("\n\n").collect();
    let plain = statements
        .iter()
        .take_while(|statement| !statement.starts_with("var data = "))
        .count();
    let (first, rest) = statements.split_at(plain);
    let turned = first.iter().cycle().skip(seed % plain.max(1)).take(plain);
    // A declaration has to stay behind those that it is made of, as the id behind the name.
    let (id, others): (Vec<&str>, Vec<&str>) = turned.partition(|statement| statement.starts_with("var idVar"));
    let body = others.into_iter().chain(id).chain(rest.iter().copied());
    body.map(|statement| {
        format!(
            "// Edited.\n{}",
            statement
                .replace("\n        .idTag(idTag)", "")
                .replace("\n        .id(idVar)", "\n        .idTag(idTag)\n\n  .id( idVar )")
        )
    })
    .collect::<Vec<String>>()
    .join("\n")
}

proptest! {
    #[test]
    fn a_rule_that_is_written_reads_back_to_itself(rule in rule()) {
        prop_assert_eq!(Rule::from_tickscript(&rule.to_tickscript()), Ok(rule));
    }

    #[test]
    fn a_rule_is_the_same_rule_over_its_attributes(rule in rule()) {
        prop_assert_eq!(Rule::try_from(RuleSpec::from(rule.clone())), Ok(rule));
    }

    #[test]
    fn a_script_is_written_as_kapacitor_prints_it(rule in rule()) {
        let script = rule.to_tickscript();
        prop_assert_eq!(tickscript::format(&script).unwrap(), script);
    }

    #[test]
    fn what_has_no_order_may_be_in_any(mut spec in spec(), seed in 0usize..100) {
        // The script is cut at empty lines and edited by its text here, so no text of the rule may hold either.
        for text in [&mut spec.name, &mut spec.database, &mut spec.retention_policy, &mut spec.measurement, &mut spec.message, &mut spec.details, &mut spec.field, &mut spec.value] {
            if let Field::Known(text) = text {
                *text = text.replace('\n', " ");
            }
        }
        (spec.group_by, spec.r#where, spec.exclude, spec.posts, spec.handlers) = Default::default();
        let rule = Rule::try_from(spec).unwrap();
        let script = rearranged(&rule.to_tickscript(), seed);
        prop_assert_eq!(Rule::from_tickscript(&script), Ok(rule), "{}", script);
    }

    #[test]
    fn the_attributes_keep_their_spelling(spec in spec()) {
        let rule = Rule::try_from(spec.clone()).unwrap();
        let read = RuleSpec::from(Rule::from_tickscript(&rule.to_tickscript()).unwrap());
        prop_assert_eq!(read.preserving_spelling(&spec).spec, spec);
    }

    #[test]
    fn a_redacted_script_holds_no_url_of_a_post(rule in rule()) {
        let key = Key::random();
        let redacted = rule.redacted_tickscript(&key);
        prop_assert_eq!(&redacted, &redact_script(&rule.to_tickscript(), &key));
        for post in rule.definition().posts.iter() {
            for secret in post.url.iter() {
                prop_assert!(!redacted.contains(secret.as_str()), "{} is in {}", secret, redacted);
            }
        }
        prop_assert!(tickscript::parse(&redacted).is_ok(), "{}", redacted);
    }

    #[test]
    fn no_text_makes_the_reader_panic(script in "\\PC*") {
        let _ = Rule::from_tickscript(&script);
        let _ = redact_script(&script, &Key::random());
    }

    #[test]
    fn no_damage_to_a_script_makes_the_reader_panic(rule in rule(), start in 0usize..2000, length in 0usize..40, inserted in "[a-z'\"().|\\[\\]\n0-9:]{0,6}") {
        let script: Vec<char> = rule.to_tickscript().chars().collect();
        let start = start.min(script.len());
        let end = (start + length).min(script.len());
        let damaged: String = script[..start].iter().copied().chain(inserted.chars()).chain(script[end..].iter().copied()).collect();
        if let Ok(read) = Rule::from_tickscript(&damaged) {
            prop_assert_eq!(Rule::from_tickscript(&read.to_tickscript()), Ok(read));
        }
        let _ = redact_script(&damaged, &Key::random());
    }
}
