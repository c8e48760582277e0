//! What a refresh takes over from a script that somebody edited, while a webhook and a handler have secrets that no state holds.

use super::*;
use crate::protocol::WriteOnly;

/// What only the configuration has, and what the tests look for.
const HELD: &str = "https://hooks.example.com/held-by-the-configuration";
const HEADER: &str = "held-header";
const TOKEN: &str = "held-token";

const OTHER: &str = "https://hooks.example.com/other";

fn to(url: &str) -> PostBlock {
    PostBlock {
        url: text(url),
        ..PostBlock::default()
    }
}

/// What the server has of the webhook.
fn on_the_server(url: &str, header: &str) -> PostBlock {
    PostBlock {
        sensitive_headers: map(&[("X-Key", header)]),
        ..to(url)
    }
}

fn hidden() -> PostBlock {
    PostBlock {
        url_wo: WriteOnly(text(HELD)),
        url_wo_version: text("1"),
        sensitive_headers_wo: WriteOnly(map(&[("X-Key", HEADER)])),
        sensitive_headers_wo_version: text("1"),
        ..PostBlock::default()
    }
}

fn handler(token: &str) -> HandlerBlock {
    HandlerBlock {
        kind: text("pagerDuty"),
        secrets: map(&[("serviceKey", token)]),
        ..HandlerBlock::default()
    }
}

fn hidden_handler() -> HandlerBlock {
    HandlerBlock {
        secrets: Value::Null,
        secrets_wo: WriteOnly(map(&[("serviceKey", TOKEN)])),
        secrets_wo_version: text("1"),
        ..handler("")
    }
}

fn config() -> AlertRuleState {
    configuration(vec![hidden(), to(OTHER)], vec![hidden_handler()])
}

#[track_caller]
fn holds_nothing(kept: &Kept) {
    let everything = kept.everything();
    for secret in [HELD, HEADER, TOKEN] {
        assert!(!everything.contains(secret), "{everything}");
    }
}

/// The script is seen to have drifted, and the plan puts it right.
#[track_caller]
fn is_repaired(read: &Kept) {
    let (planned, _, errors) = read.plan(&config());
    assert_eq!(errors, Vec::<String>::new());
    assert_ne!(planned.task.tickscript, read.state.task.tickscript);
    assert_eq!(script_of(&planned), script_of(&config()));
}

#[test]
fn a_rule_as_it_was_written_plans_empty() {
    let kept = created(&config());
    holds_nothing(&kept);
    let read = kept.read(&script_of(&config()));
    holds_nothing(&read);
    assert_eq!(read.state.task.tickscript, kept.state.task.tickscript);
    let (planned, _, errors) = read.plan(&config());
    assert_eq!((as_stored(&planned), errors), (read.state, vec![]));
}

#[test]
fn no_state_holds_a_write_only_secret_whatever_happens_to_the_script() {
    let kept = created(&config());
    let (held, other) = (on_the_server(HELD, HEADER), to(OTHER));
    let more = to("https://hooks.example.com/more");
    let elsewhere = on_the_server("https://hooks.example.com/elsewhere", HEADER);
    let edits: [&[&PostBlock]; 9] = [
        &[&more, &held, &other],
        &[&other, &held],
        &[&held],
        &[&other],
        &[&held, &held],
        &[&held, &held, &other],
        &[&elsewhere, &other],
        &[&other, &elsewhere],
        &[],
    ];
    for (posts, handlers) in edits
        .into_iter()
        .flat_map(|posts| [(posts, vec![handler(TOKEN)]), (posts, vec![])])
    {
        let posts = posts.iter().map(|post| (*post).clone()).collect();
        let script = script_of(&configuration(posts, handlers));
        let read = kept.read(&script);
        holds_nothing(&read);
        is_repaired(&read);
        // A second refresh sees the first one's state, and must not give anything away either.
        let again = read.read(&script_of(&configuration(
            vec![more.clone(), held.clone()],
            vec![handler(TOKEN)],
        )));
        holds_nothing(&again);
        is_repaired(&again);
    }
}

#[test]
fn another_secret_on_the_server_is_seen_and_not_shown() {
    let kept = created(&config());
    for (post, token, planted) in [
        (
            on_the_server("https://hooks.example.com/planted", HEADER),
            TOKEN,
            "planted",
        ),
        (on_the_server(HELD, "planted"), TOKEN, "planted"),
        (on_the_server(HELD, HEADER), "planted", "planted"),
    ] {
        let read = kept.read(&script_of(&configuration(vec![post, to(OTHER)], vec![handler(token)])));
        holds_nothing(&read);
        assert!(!read.everything().contains(planted), "{}", read.everything());
        is_repaired(&read);
    }
}

#[test]
fn a_secret_that_changes_in_the_configuration_is_left_open_by_the_plan() {
    let kept = created(&config());
    let mut changed = config();
    if let Value::Value(posts) = &mut changed.post {
        posts[0].url_wo = WriteOnly(text("https://hooks.example.com/new"));
    }
    let (planned, _, errors) = kept.plan(&changed);
    assert_eq!((planned.task.tickscript, errors), (Value::Unknown, vec![]));
}
