//! What is left open where an attribute is not known yet.

use super::*;

#[test]
fn what_is_unknown_puts_off_only_the_checks_that_need_it() {
    let unknown = || Field::Unknown;
    let passes = [
        RuleSpec {
            trigger: unknown(),
            ..threshold()
        },
        RuleSpec {
            operator: unknown(),
            value: unknown(),
            ..threshold()
        },
        RuleSpec {
            aggregate: unknown(),
            period: "1m".into(),
            ..threshold()
        },
        RuleSpec {
            lower: unknown(),
            ..range()
        },
        RuleSpec {
            shift: unknown(),
            ..threshold()
        },
        RuleSpec {
            r#where: Field::Unknown,
            exclude: tags(&[("a", &["1"])]),
            ..threshold()
        },
        with_post(PostSpec {
            url: unknown(),
            ..PostSpec::default()
        }),
        with_handler("tcp", &[], &[]),
    ];
    for (index, mut spec) in passes.into_iter().enumerate() {
        if let Field::Known(handlers) = &mut spec.handlers {
            handlers[0].options = Field::Unknown;
        }
        assert_eq!(spec.check(), [], "case {index}");
    }
    let late = RuleSpec {
        name: unknown(),
        value: "90".into(),
        ..relative()
    };
    assert_eq!(late.check(), []);
    assert!(Rule::try_from(late.clone()).is_err());
    assert_error(
        RuleSpec {
            shift: "soon".into(),
            ..late
        },
        "shift",
        "not a duration",
    );
}
