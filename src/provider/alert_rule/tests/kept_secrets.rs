//! Secrets that a configuration leaves out go to nothing but what they were set for, however its blocks change.

use super::*;
use crate::provider::alert_rule::handlers::names::NamedKind;
use crate::provider::environment::testing;
use crate::provider::values::known_entries;
use crate::rule::handlers::KINDS;
use crate::rule::{HandlerKind, OptionKind};

/// How a block says where it posts to.
#[derive(Debug, Clone, Copy, PartialEq)]
enum By {
    Url,
    Variable,
    Endpoint,
    Both,
    /// Not at all, as Terraform generates it for an import.
    Nothing,
}

const NAMED: [By; 4] = [By::Url, By::Variable, By::Endpoint, By::Both];

/// A block that posts to `target`, and leaves its secret headers out.
fn block(by: By, target: &str) -> PostBlock {
    let variable = format!("HOOK_{target}");
    testing::set(&variable, &url(target));
    let url = text(&url(target));
    let endpoint = text(target);
    let block = PostBlock::default();
    match by {
        By::Url => PostBlock { url, ..block },
        By::Variable => PostBlock {
            url_env: text(&variable),
            ..block
        },
        By::Endpoint => PostBlock { endpoint, ..block },
        By::Both => PostBlock { url, endpoint, ..block },
        By::Nothing => block,
    }
}

fn url(target: &str) -> String {
    format!("https://hooks.example.com/{target}")
}

/// The same block with a header that is secret, and speaks of its target.
fn with_secret(block: PostBlock, target: &str) -> PostBlock {
    PostBlock {
        sensitive_headers: map(&[("Authorization", &secret_of(target))]),
        ..block
    }
}

fn secret_of(target: &str) -> String {
    format!("https://secrets.example.com/of-{target}")
}

/// The target that a planned block posts to, by what it says.
fn target(post: &PostBlock) -> String {
    let variable = match &post.url_env {
        Value::Value(variable) => variable.strip_prefix("HOOK_"),
        _ => None,
    };
    let url = match &post.url {
        Value::Value(url) => url.rsplit('/').next(),
        _ => None,
    };
    let endpoint = match &post.endpoint {
        Value::Value(endpoint) => Some(endpoint.as_str()),
        _ => None,
    };
    variable.or(url).or(endpoint).unwrap_or_default().to_owned()
}

/// What may happen to the blocks `a` and `b` of a configuration.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Change {
    Nothing,
    DeleteFirst,
    DeleteSecond,
    Exchange,
    InsertFirst,
    InsertBetween,
    InsertLast,
    EditFirst,
    EditSecond,
    ExchangeAndInsert,
}

const CHANGES: [Change; 10] = [
    Change::Nothing,
    Change::DeleteFirst,
    Change::DeleteSecond,
    Change::Exchange,
    Change::InsertFirst,
    Change::InsertBetween,
    Change::InsertLast,
    Change::EditFirst,
    Change::EditSecond,
    Change::ExchangeAndInsert,
];

impl Change {
    /// The blocks after the change; `new` is one that was not there.
    fn of<B: Clone>(self, a: B, b: B, new: B) -> Vec<B> {
        match self {
            Change::Nothing => vec![a, b],
            Change::DeleteFirst => vec![b],
            Change::DeleteSecond => vec![a],
            Change::Exchange => vec![b, a],
            Change::InsertFirst => vec![new, a, b],
            Change::InsertBetween => vec![a, new, b],
            Change::InsertLast => vec![a, b, new],
            Change::EditFirst => vec![new, b],
            Change::EditSecond => vec![a, new],
            Change::ExchangeAndInsert => vec![b, new, a],
        }
    }
}

/// Which of two blocks have a secret.
const HOLDERS: [&[&str]; 3] = [&["a"], &["b"], &["a", "b"]];

fn holding(by: By, target: &str, holders: &[&str]) -> PostBlock {
    match holders.contains(&target) {
        true => with_secret(block(by, target), target),
        false => block(by, target),
    }
}

/// The same rule, made by an apply and, if the server shows all that it says, by an import.
fn ways_to_state(config: &AlertRuleState, by: By) -> Vec<Kept> {
    let made = created(config);
    let imported = imported_from(&script_of(config));
    match by {
        // An import cannot know of a variable.
        By::Variable => vec![made],
        _ => vec![made, imported],
    }
}

/// A webhook keeps the secret headers that were set for it, and no other webhook gets them.
#[test]
fn secret_headers_stay_with_their_webhook_whatever_happens_to_the_blocks() {
    let mut tried = 0;
    for (by, holders) in NAMED
        .iter()
        .flat_map(|by| HOLDERS.iter().map(|holders| (*by, *holders)))
    {
        let before = configuration(vec![holding(by, "a", holders), holding(by, "b", holders)], vec![]);
        for kept in ways_to_state(&before, by) {
            for change in CHANGES {
                let posts = change.of(block(by, "a"), block(by, "b"), block(by, "new"));
                let (planned, _, errors) = kept.plan(&configuration(posts, vec![]));
                let gone = match change {
                    Change::EditFirst => Some("a"),
                    Change::EditSecond => Some("b"),
                    _ => None,
                };
                let what = format!("{by:?}, {change:?}, {holders:?} with secrets");
                let must_ask = gone.is_some_and(|gone| holders.contains(&gone));
                assert_eq!(!errors.is_empty(), must_ask, "{what}: {errors:?}");
                for (place, post) in known_list(&planned.post).iter().enumerate() {
                    let target = target(post);
                    let headers = known_entries(&post.sensitive_headers);
                    let expected: Vec<String> = match holders.contains(&target.as_str()) {
                        true => vec![secret_of(&target)],
                        false => vec![],
                    };
                    assert_eq!(headers.into_values().collect::<Vec<_>>(), expected, "{what}: {target}");
                    if must_ask && target == "new" {
                        assert_eq!(errors, [format!("post[{place}].sensitive_headers")], "{what}");
                    }
                }
                tried += 1;
            }
        }
    }
    assert_eq!(tried, (3 * 2 + 1) * 3 * 10);
}

/// A block without a target, as it is generated for an import, is the webhook that no other block is, URL and headers alike;
/// if several may be it, that is an error.
#[test]
fn a_generated_block_without_a_target_keeps_its_webhook_or_asks() {
    for holders in HOLDERS {
        let posts = ["a", "b"].map(|target| holding(By::Url, target, holders));
        let kept = imported_from(&script_of(&configuration(posts.to_vec(), vec![])));
        for change in CHANGES {
            for unnamed in [&["a", "b"][..], &["a"], &["b"]] {
                let by = |target: &str| match unnamed.contains(&target) {
                    true => By::Nothing,
                    false => By::Url,
                };
                let configured = ["a", "b"].map(|target| block(by(target), target));
                let [a, b] = configured;
                let posts = change.of(a, b, block(By::Url, "new"));
                let config = configuration(posts.clone(), vec![]);
                let (planned, _, errors) = kept.plan(&config);
                let what = format!("{change:?}, {holders:?} with secrets, {unnamed:?} without a target");
                let planned = known_list(&planned.post);
                let mut seen = Vec::new();
                for (place, post) in planned.iter().enumerate() {
                    if errors.contains(&format!("post[{place}].url")) {
                        continue;
                    }
                    let target = target(post);
                    let expected = match holders.contains(&target.as_str()) {
                        true => vec![secret_of(&target)],
                        false => vec![],
                    };
                    let headers: Vec<String> = known_entries(&post.sensitive_headers).into_values().collect();
                    assert_eq!(headers, expected, "{what}: {target}");
                    assert!(!seen.contains(&target), "{what}: two blocks are {target}");
                    seen.push(target);
                }
                let is_unnamed = |post: &&PostBlock| *post == &PostBlock::default();
                let left_open = posts.iter().filter(is_unnamed).count();
                let named = |target: &str| posts.contains(&block(By::Url, target));
                let candidates = ["a", "b"].iter().filter(|target| !named(target)).count();
                // As many blocks as webhooks that they may be: their order, which a text of equal blocks keeps, tells.
                let asks_for_url = left_open > 0 && left_open != candidates;
                let asks = errors.iter().any(|error| error.ends_with(".url"));
                assert_eq!(asks, asks_for_url, "{what}: {errors:?}");
                if change == Change::Nothing {
                    assert_eq!(
                        (planned, errors.as_slice()),
                        (known_list(&kept.state.post), &[][..]),
                        "{what}"
                    );
                }
            }
        }
    }
}

/// A rule that was imported with a header which its configuration leaves out, and gets another webhook before that one.
#[test]
fn a_webhook_inserted_before_an_imported_one_gets_none_of_its_headers() {
    let before = configuration(vec![holding(By::Url, "a", &["a"])], vec![]);
    let kept = imported_from(&script_of(&before));
    for by in [By::Url, By::Nothing] {
        let config = configuration(vec![block(By::Url, "new"), block(by, "a")], vec![]);
        let (planned, _, errors) = kept.plan(&config);
        assert_eq!(errors, Vec::<String>::new());
        let expected = vec![block(By::Url, "new"), holding(By::Url, "a", &["a"])];
        assert_eq!(planned.post, Value::Value(expected));
    }
}

/// Generated configuration writes the endpoint and no URL for a block that has both. It plans empty; but a URL that the
/// configuration had and that was taken out of it goes.
#[test]
fn a_url_beside_an_endpoint_stays_if_it_was_imported_and_goes_if_it_was_removed() {
    let both = configuration(vec![block(By::Both, "a")], vec![]);
    let generated = configuration(vec![block(By::Endpoint, "a")], vec![]);
    let kept = imported_from(&script_of(&both));
    let (planned, private, errors) = kept.plan(&generated);
    assert_eq!((&planned.post, errors), (&kept.state.post, vec![]));
    assert_eq!(planned.task.tickscript, kept.state.task.tickscript);

    let again = Kept {
        state: planned,
        private,
    };
    let (planned, private, _) = again.plan(&both);
    assert_eq!(planned.post, both.post);
    let configured = applied(planned, private);
    let (planned, ..) = configured.plan(&generated);
    assert_eq!(
        planned.post, generated.post,
        "the URL was removed from the configuration"
    );
    let (planned, ..) = created(&both).plan(&generated);
    assert_eq!(
        planned.post, generated.post,
        "the URL was removed from the configuration"
    );
}

/// A header that the configuration shows is not also kept as a secret one.
#[test]
fn a_header_that_is_now_shown_is_not_kept_as_a_secret_too() {
    let shown = PostBlock {
        headers: map(&[("X-Team", "sre")]),
        ..block(By::Url, "a")
    };
    let kept = imported_from(&script_of(&configuration(vec![shown.clone()], vec![])));
    let (planned, _, errors) = kept.plan(&configuration(vec![shown.clone()], vec![]));
    assert_eq!((planned.post, errors), (Value::Value(vec![shown]), vec![]));
}

/// What is not known yet is decided when it is, and the plan of then does not contradict the one of before.
#[test]
fn secrets_wait_for_targets_that_are_not_known_yet() {
    let before = configuration(vec![holding(By::Url, "a", &["a"])], vec![]);
    let kept = imported_from(&script_of(&before));
    let unknown = PostBlock {
        url: Value::Unknown,
        ..PostBlock::default()
    };
    let (planned, _, errors) = kept.plan(&configuration(vec![unknown.clone(), block(By::Nothing, "a")], vec![]));
    assert_eq!(errors, Vec::<String>::new());
    let open = |post: &PostBlock| (post.url.is_unknown(), post.sensitive_headers.is_unknown());
    let posts = known_list(&planned.post);
    assert_eq!(posts.iter().map(open).collect::<Vec<_>>(), [(true, true), (true, true)]);

    // Where nothing was left out before, nothing is left open.
    let kept = created(&configuration(vec![block(By::Url, "a")], vec![]));
    let (planned, ..) = kept.plan(&configuration(vec![unknown.clone(), block(By::Url, "a")], vec![]));
    assert_eq!(planned.post, Value::Value(vec![unknown, block(By::Url, "a")]));
}

/// Each kind of handler that has secrets, with one of them and an option beside it if it has any.
fn secret_handlers() -> Vec<(&'static HandlerKind, &'static str, Option<&'static str>)> {
    let secret_option = |kind: &'static HandlerKind| kind.options.iter().find(|option| option.secret);
    let with_secret = KINDS.iter().filter_map(|kind| Some((kind, secret_option(kind)?.name)));
    with_secret
        .map(|(kind, secret)| {
            let plain = |option: &&crate::rule::HandlerOption| !option.secret && option.kind == OptionKind::Text;
            (kind, secret, kind.options.iter().find(plain).map(|option| option.name))
        })
        .collect()
}

fn handler(kind: &HandlerKind, option: &str, value: &str) -> HandlerBlock {
    HandlerBlock {
        kind: text(kind.name),
        options: map(&[(option, value)]),
        ..HandlerBlock::default()
    }
}

/// A handler keeps its own secrets, and no other handler of its kind gets them.
#[test]
fn secrets_stay_with_their_handler_whatever_happens_to_the_blocks() {
    let mut tried = 0;
    let mut kinds = Vec::new();
    for (kind, secret, option) in secret_handlers() {
        let Some(option) = option else { continue };
        kinds.push(kind.name);
        for holders in HOLDERS {
            let holding = |name: &str| HandlerBlock {
                secrets: match holders.contains(&name) {
                    true => map(&[(secret, &secret_of(name))]),
                    false => Value::Null,
                },
                ..handler(kind, option, name)
            };
            let before = configuration(vec![], vec![holding("a"), holding("b")]);
            for kept in [created(&before), imported_from(&script_of(&before))] {
                for change in CHANGES {
                    let [a, b, new] = ["a", "b", "new"].map(|name| handler(kind, option, name));
                    let (planned, _, errors) = kept.plan(&configuration(vec![], change.of(a, b, new)));
                    let what = format!("{}, {change:?}, {holders:?} with secrets", kind.name);
                    assert_eq!(errors, Vec::<String>::new(), "{what}");
                    for block in known_list(&planned.handlers) {
                        let name = known_entries(&block.options).remove(option).unwrap();
                        let expected = match (name.as_str(), change) {
                            // The one handler whose options changed is still the one of before.
                            ("new", Change::EditFirst) => holding("a").secrets,
                            ("new", Change::EditSecond) => holding("b").secrets,
                            (name, _) => holding(name).secrets,
                        };
                        let found = known_entries(&block.secrets);
                        assert_eq!(found, known_entries(&expected), "{what}: {name}");
                    }
                    tried += 1;
                }
            }
        }
    }
    assert_eq!(kinds, ["pushover", "bigPanda", "alerta"]);
    assert_eq!(tried, kinds.len() * 3 * 2 * 10);
}

/// Two values that each secret option takes, those that are URLs too.
const ONE: &str = "https://hooks.example.com/one";
const TWO: &str = "https://hooks.example.com/two";

/// Handlers that show nothing but their kind are told apart by their order only while there are as many as before.
#[test]
fn handlers_that_look_the_same_ask_for_their_secrets_once_their_number_changes() {
    for (kind, secret, option) in secret_handlers() {
        let block = |value: Option<&str>| HandlerBlock {
            kind: text(kind.name),
            secrets: value.map_or(Value::Null, |value| map(&[(secret, value)])),
            ..HandlerBlock::default()
        };
        let kept = created(&configuration(vec![], vec![block(Some(ONE)), block(Some(TWO))]));
        let plan = |blocks: Vec<HandlerBlock>| {
            let (planned, _, errors) = kept.plan(&configuration(vec![], blocks));
            (planned.handlers, errors)
        };
        let (planned, errors) = plan(vec![block(None), block(None)]);
        assert_eq!(
            (planned, errors),
            (kept.state.handlers.clone(), vec![]),
            "{}",
            kind.name
        );
        for count in [1, 3] {
            let (_, errors) = plan(vec![block(None); count]);
            let named = NamedKind::of(kind.name).unwrap();
            let secret = named.secret().unwrap().attribute;
            let path = |place| format!("handlers.{}[{place}].{secret}", named.attribute);
            let expected: Vec<String> = (0..count).map(path).collect();
            assert_eq!(errors, expected, "{} {count} ({option:?})", kind.name);
        }
        let (planned, errors) = plan(vec![block(Some(TWO))]);
        assert_eq!(
            (planned, errors),
            (Value::Value(vec![block(Some(TWO))].into()), vec![]),
            "{}",
            kind.name
        );
    }
}

/// A secret never follows a block to another kind of handler, even one whose secret has the same name.
#[test]
fn a_secret_does_not_follow_a_block_to_another_kind_of_handler() {
    for (former, secret, _) in secret_handlers() {
        for (other, ..) in secret_handlers().into_iter().filter(|(other, ..)| *other != former) {
            let block = |kind: &HandlerKind, secrets: TextMap| HandlerBlock {
                kind: text(kind.name),
                secrets,
                ..HandlerBlock::default()
            };
            let kept = created(&configuration(vec![], vec![block(former, map(&[(secret, ONE)]))]));
            let (planned, _, errors) = kept.plan(&configuration(vec![], vec![block(other, Value::Null)]));
            let expected = Value::Value(vec![block(other, Value::Null)].into());
            assert_eq!(
                (planned.handlers, errors),
                (expected, vec![]),
                "{} to {}",
                former.name,
                other.name
            );
        }
    }
}
