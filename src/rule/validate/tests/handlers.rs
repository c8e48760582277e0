//! The options of handlers.

use super::*;

#[test]
fn addresses_and_paths_of_handlers_are_such() {
    let tcp = |address: &str| with_handler("tcp", &[("address", address)], &[]);
    for address in ["host", "host:", "::1", "[::1]", "http://host/a:"] {
        assert_error(tcp(address), "handler[0].options[\"address\"]", "host:port");
    }
    for address in ["host:5665", "[::1]:5665", ":5665", "host:http"] {
        assert_eq!(tcp(address).check(), []);
    }
    let email = |to: &str| with_handler("email", &[("to", to)], &[]);
    assert_error(
        email("a@example.com;b@example.com"),
        "handler[0].options[\"to\"]",
        "semicolons",
    );
    assert_error(email("root"), "handler[0].options[\"to\"]", "mail address");
    assert_eq!(email("a@example.com, Ops <ops@example.com>").check(), []);
    let log = |path: &str| with_handler("log", &[("filePath", path)], &[]);
    assert_error(log("alerts.log"), "handler[0].options[\"filePath\"]", "absolute");
    for path in ["/var/log/alerts.log", "C:\\alerts.log"] {
        assert_eq!(log(path).check(), []);
    }
}

#[test]
fn options_of_handlers_are_checked_by_the_table() {
    assert_error(
        with_handler("slak", &[], &[]),
        "handler[0].kind",
        "Did you mean \"slack\"?",
    );
    assert_error(
        with_handler("slack", &[("chanel", "#a")], &[]),
        "handler[0].options[\"chanel\"]",
        "Did you mean \"channel\"?",
    );
    assert_error(
        with_handler("alerta", &[("token", "t")], &[]),
        "handler[0].options[\"token\"]",
        "belongs into secrets",
    );
    assert_error(
        with_handler("slack", &[], &[("channel", "#a")]),
        "handler[0].secrets[\"channel\"]",
        "belongs into options",
    );
    assert_error(
        with_handler("tcp", &[], &[]),
        "handler[0].options",
        "needs the option address",
    );
    assert_error(
        with_handler("zenoss", &[("tid", "one")], &[]),
        "handler[0].options[\"tid\"]",
        "whole number",
    );
    assert_error(
        with_handler("telegram", &[("disableNotification", "yes")], &[]),
        "handler[0].options[\"disableNotification\"]",
        "true or false",
    );
    assert_error(
        with_handler("email", &[("to", "[1]")], &[]),
        "handler[0].options[\"to\"]",
        "jsonencode",
    );
}

/// Kapacitor takes `.teams()` behind `.opsGenie2()` for that handler's property, and then knows no `.channelURL()`.
#[test]
fn teams_do_not_follow_a_handler_that_has_teams() {
    let handlers = |kinds: &[&str]| {
        let handlers = kinds.iter().map(|kind| HandlerSpec {
            kind: (*kind).into(),
            ..HandlerSpec::default()
        });
        Rule::try_from(RuleSpec {
            handlers: Field::Known(handlers.collect()),
            ..threshold()
        })
        .unwrap()
    };
    let apart = handlers(&["opsGenie2", "teams", "talk"]).to_tickscript();
    assert!(apart.contains(".talk()\n        .teams()\n"), "{apart}");
    let adjacent = handlers(&["opsGenie2", "teams", "opsGenie", "alerta"]);
    let script = adjacent.to_tickscript();
    assert!(
        script.contains(".correlated()\n        .teams()\n        .opsGenie()\n"),
        "{script}"
    );
    assert_eq!(Rule::from_tickscript(&script), Ok(adjacent));
}
