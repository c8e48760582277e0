//! What a refresh takes over from a script that somebody edited: each secret where it is not shown, none of them in the wrong
//! block, and no URL that a variable holds.

use super::*;
use crate::provider::environment::testing;

const VARIABLE: &str = "HOOK";

/// The URL that the variable holds, and what the tests look for.
const HELD: &str = "https://hooks.example.com/held-by-the-variable";

/// Another URL that a webhook may have.
const OTHER: &str = "https://hooks.example.com/other";

fn from_variable() -> PostBlock {
    testing::set(VARIABLE, HELD);
    PostBlock {
        url_env: text(VARIABLE),
        ..PostBlock::default()
    }
}

fn to(url: &str) -> PostBlock {
    PostBlock {
        url: text(url),
        ..PostBlock::default()
    }
}

/// A script whose webhooks are those of a configuration.
fn script(posts: &[PostBlock]) -> String {
    script_of(&configuration(posts.to_vec(), vec![]))
}

fn posts(kept: &Kept) -> Vec<PostBlock> {
    known_list(&kept.state.post).to_vec()
}

/// Somebody inserts, exchanges, doubles or replaces webhooks by hand, while one of them has its URL from the environment.
#[test]
fn the_url_that_a_variable_holds_stands_in_no_state_whatever_happens_to_the_script() {
    let (held, other, more) = (to(HELD), to(OTHER), to("https://hooks.example.com/more"));
    let of_variable = from_variable();
    let kept = created(&configuration(vec![of_variable.clone(), other.clone()], vec![]));
    let edits: [(&[&PostBlock], &[&PostBlock]); 7] = [
        (&[&more, &held, &other], &[&more, &of_variable, &other]),
        (&[&other, &held], &[&other, &of_variable]),
        (&[&held], &[&of_variable]),
        (&[&other], &[&other]),
        (&[&held, &held], &[&of_variable, &of_variable]),
        (&[&held, &other, &more], &[&of_variable, &other, &more]),
        (&[], &[]),
    ];
    let owned = |blocks: &[&PostBlock]| blocks.iter().map(|block| (*block).clone()).collect::<Vec<_>>();
    for (script_has, expected) in edits {
        let read = kept.read(&script(&owned(script_has)));
        assert_eq!(posts(&read), owned(expected));
        assert!(!read.everything().contains(HELD), "{}", read.everything());
    }
}

/// The server still has the URL that the variable held before, or the variable is not set where the refresh runs.
#[test]
fn a_url_that_a_variable_held_before_stands_in_no_state_either() {
    const BEFORE: &str = "https://hooks.example.com/held-before";
    let of_variable = from_variable();
    testing::set(VARIABLE, BEFORE);
    let kept = created(&configuration(vec![of_variable.clone(), to(OTHER)], vec![]));
    let (before, other, more) = (to(BEFORE), to(OTHER), to("https://hooks.example.com/more"));
    for now in [HELD, ""] {
        testing::set(VARIABLE, now);
        for script_has in [
            vec![before.clone(), other.clone()],
            vec![other.clone(), before.clone()],
            vec![more.clone(), before.clone(), other.clone()],
            vec![before.clone(), before.clone()],
        ] {
            let read = kept.read(&script(&script_has));
            assert_eq!(posts(&read).len(), script_has.len());
            assert!(!read.everything().contains(BEFORE), "{}", read.everything());
            assert!(posts(&read).iter().any(|post| post.url_env == text(VARIABLE)));
            // A second refresh sees the first one's state, and must not give the URL away either.
            let again = read.read(&script(&[before.clone(), more.clone(), other.clone()]));
            assert!(!again.everything().contains(BEFORE), "{}", again.everything());
        }
    }
}

/// A header that was set for the URL that the variable held is not sent to the one that it holds now.
#[test]
fn secret_headers_do_not_follow_a_variable_to_another_url() {
    let with_header = PostBlock {
        sensitive_headers: map(&[("Authorization", "Bearer of-the-former")]),
        ..from_variable()
    };
    let kept = created(&configuration(vec![with_header.clone()], vec![]));
    let script = script(&[with_header]);
    let config = configuration(vec![from_variable()], vec![]);
    let (planned, _, errors) = kept.read(&script).plan(&config);
    assert_eq!((planned.post, errors), (kept.state.post.clone(), vec![]));

    testing::set(VARIABLE, OTHER);
    let read = kept.read(&script);
    assert_eq!(read.state.post, kept.state.post);
    let (planned, _, errors) = read.plan(&config);
    assert_eq!(errors, ["post[0].sensitive_headers"]);
    assert!(known_list(&planned.post)[0].sensitive_headers.is_null());
}

/// The variable holds something else at the apply of a saved plan than it did when the plan read the server.
#[test]
fn a_variable_that_changed_since_the_plan_is_an_error_that_names_it() {
    let kept = created(&configuration(vec![from_variable()], vec![]));
    let read = kept.read(&script(&[from_variable()]));
    let mut config = configuration(vec![from_variable()], vec![]);
    config.attributes.message = text("changed");
    let plan = |kept: &Kept| {
        let mut diags = Diagnostics::default();
        let prior = Prior {
            state: &kept.state,
            private: &kept.private,
        };
        let (planned, _) = plan_update(&mut diags, &Examinations::default(), prior, config.clone(), &config);
        (planned, diags.errors)
    };
    let (planned, errors) = plan(&read);
    assert!(planned.task.tickscript.is_value() && errors.is_empty(), "{errors:?}");

    testing::set(VARIABLE, OTHER);
    let (_, errors) = plan(&read);
    let [error] = errors.as_slice() else {
        panic!("{errors:?}");
    };
    assert_eq!(error.attribute.to_string(), "post[0].url_env");
    assert!(
        error.detail.contains("\"HOOK\"") && !error.detail.contains(OTHER),
        "{error:?}"
    );

    // A plan with a refresh sees the new URL, and nothing has changed since.
    let (planned, errors) = plan(&read.read(&script(&[to(HELD)])));
    assert!(planned.task.tickscript.is_value() && errors.is_empty(), "{errors:?}");
}

/// Nothing but the outcome of a plan reaches the apply of a creation, so that the script is left open there: any URL that the
/// variable holds by then agrees with the plan.
#[test]
fn a_variable_that_no_state_has_seen_leaves_the_script_open() {
    let config = configuration(vec![from_variable()], vec![]);
    let (planned, _) = plan_create(&mut Diagnostics::default(), config.clone(), &config);
    assert!(planned.task.tickscript.is_unknown());
    let kept = created(&configuration(vec![to(OTHER)], vec![]));
    let (planned, _, errors) = kept.plan(&config);
    assert_eq!((planned.task.tickscript.is_unknown(), errors), (true, vec![]));
}

/// A header that somebody adds is secret unless its name is known to be harmless, as it is for an import.
#[test]
fn headers_are_sorted_by_the_same_rule_at_a_refresh_and_at_an_import() {
    let shown = PostBlock {
        headers: map(&[("Content-Type", "application/json"), ("X-Team", "sre")]),
        ..to(OTHER)
    };
    let edited = PostBlock {
        headers: map(&[
            ("Accept", "*/*"),
            ("Authorization", "Bearer planted"),
            ("Content-Type", "text/plain"),
            ("X-Api-Key", "planted"),
            ("X-Team", "dev"),
        ]),
        ..to(OTHER)
    };
    let kept = created(&configuration(vec![shown.clone()], vec![]));
    let read = kept.read(&script(std::slice::from_ref(&edited)));
    let secret = map(&[("Authorization", "Bearer planted"), ("X-Api-Key", "planted")]);
    let expected = PostBlock {
        // The configuration shows X-Team already.
        headers: map(&[("Accept", "*/*"), ("Content-Type", "text/plain"), ("X-Team", "dev")]),
        sensitive_headers: secret,
        ..to(OTHER)
    };
    assert_eq!(posts(&read), [expected]);

    let imported = imported_from(&script(&[edited]));
    let expected = PostBlock {
        headers: map(&[("Accept", "*/*"), ("Content-Type", "text/plain")]),
        sensitive_headers: map(&[
            ("Authorization", "Bearer planted"),
            ("X-Api-Key", "planted"),
            ("X-Team", "dev"),
        ]),
        ..to(OTHER)
    };
    assert_eq!(posts(&imported), [expected]);
}

/// What somebody adds is no secret that the configuration leaves to the server: the next apply takes it out. It stays known
/// as added over a second refresh, as after an apply that failed.
#[test]
fn secrets_that_somebody_added_are_taken_out_again() {
    let secret = |value: &str| map(&[("Authorization", value)]);
    let plain = configuration(vec![to(OTHER)], vec![]);
    let kept = created(&plain);
    let added = script(&[PostBlock {
        sensitive_headers: secret("Bearer planted"),
        ..to(OTHER)
    }]);
    let read = kept.read(&added);
    for read in [read.clone(), read.read(&added)] {
        assert_eq!(posts(&read)[0].sensitive_headers, secret("Bearer planted"));
        let (planned, _, errors) = read.plan(&plain);
        assert_eq!((planned.post, errors), (plain.post.clone(), vec![]));
    }

    // One that was imported stays, and what is added to it goes.
    let imported = imported_from(&added);
    let more = script(&[PostBlock {
        sensitive_headers: map(&[("Authorization", "Bearer planted"), ("X-More", "1")]),
        ..to(OTHER)
    }]);
    let (planned, _, errors) = imported.read(&more).plan(&plain);
    assert_eq!((planned.post, errors), (imported.state.post.clone(), vec![]));
}

/// Another URL and a whole webhook that somebody planted are repaired without a question about their headers.
#[test]
fn drift_of_targets_and_planted_webhooks_raise_no_question() {
    let shown = PostBlock {
        headers: map(&[("X-Team", "sre")]),
        ..to(OTHER)
    };
    let config = configuration(vec![shown.clone()], vec![]);
    let kept = created(&config);
    let moved = PostBlock {
        url: text("https://evil.example.com/"),
        ..shown.clone()
    };
    let planted = PostBlock {
        sensitive_headers: map(&[("Authorization", "Bearer planted")]),
        ..to("https://planted.example.com/")
    };
    for script_has in [vec![moved.clone()], vec![planted.clone(), shown], vec![planted, moved]] {
        let read = kept.read(&script(&script_has));
        assert_eq!(posts(&read).len(), script_has.len());
        let (planned, _, errors) = read.plan(&config);
        assert_eq!((planned.post, errors), (config.post.clone(), vec![]));
    }
}

/// The options that a hand adds to a handler are sorted by the handlers' table, and its secrets are taken out again.
#[test]
fn options_that_somebody_added_to_a_handler_are_sorted_by_the_table() {
    let alerta = |options: &[(&str, &str)], secrets: TextMap| HandlerBlock {
        kind: text("alerta"),
        options: map(options),
        secrets,
        ..HandlerBlock::default()
    };
    let of = |handlers: &[HandlerBlock]| configuration(vec![], handlers.to_vec());
    let before = [
        alerta(&[("event", "a")], map(&[("token", "of-a")])),
        alerta(&[("event", "b")], Value::Null),
    ];
    let kept = created(&of(&before));
    let edited = [
        before[0].clone(),
        alerta(&[("event", "b"), ("group", "g")], map(&[("token", "planted")])),
    ];
    let read = kept.read(&script_of(&of(&edited)));
    assert_eq!(read.state.handlers, Value::Value(edited.to_vec().into()));
    let left_out = [alerta(&[("event", "a")], Value::Null), before[1].clone()];
    let (planned, _, errors) = read.plan(&of(&left_out));
    assert_eq!(
        (planned.handlers, errors),
        (Value::Value(before.to_vec().into()), vec![])
    );
}
