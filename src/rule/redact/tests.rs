use super::*;
use crate::rule::handlers::{OptionKind, KINDS};
use crate::rule::{Field, HandlerSpec, PostSpec, RuleSpec};

fn key() -> Key {
    Key::derived([], ["a key for tests"])
}

fn shown(script: &str) -> String {
    redact_script(script, &key())
}

/// A line of an alert.
fn of_alert(line: &str) -> String {
    shown(&format!("stream\n    |from()\n    |alert()\n        {line}\n"))
}

#[track_caller]
fn assert_hidden(script: &str, secrets: &[&str]) {
    let shown = shown(script);
    for secret in secrets {
        assert!(script.contains(secret), "{secret} is not planted");
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
    assert!(tickscript::parse(&shown).is_ok(), "{shown}");
}

#[test]
fn what_is_posted_to_is_replaced_by_its_fingerprint() {
    let script = of_alert(".post('https://api.squadcast.com/key123').header('X-Key', 'k456')");
    let url = key().fingerprint("https://api.squadcast.com/key123");
    assert!(script.contains(&format!(".post('{url}')")), "{script}");
    assert!(!script.contains("key123") && !script.contains("k456"), "{script}");
}

#[test]
fn a_change_of_a_text_changes_what_is_shown() {
    assert_ne!(of_alert(".post('https://a/1')"), of_alert(".post('https://a/2')"));
    assert_ne!(of_alert(".message('one')"), of_alert(".message('two')"));
    assert_ne!(shown("// one\nvar x = 1\n"), shown("// two\nvar x = 1\n"));
}

#[test]
fn another_key_gives_another_fingerprint() {
    let script = "stream|from()|alert().post('https://a/1')\n";
    assert_ne!(shown(script), redact_script(script, &Key::random()));
}

#[test]
fn what_a_secret_is_made_of_is_hidden_even_if_it_is_called_like_data() {
    assert_hidden(
        "var measurement = 's3cret'\nvar db = 'host/' + measurement\nstream|from().database('shown')|alert().post(db)\n",
        &["s3cret", "host/"],
    );
    assert_hidden(
        "var rp = rp + 'k3y'\nstream|from()|alert().slack().token(rp)\n",
        &["k3y"],
    );
}

#[test]
fn comments_are_replaced_as_a_whole() {
    assert_hidden("// don't: .alerta().token('t0ken')\nvar x = 1\n", &["t0ken", "don't"]);
    assert_hidden(
        "// curl -u u:p4ss https://host/s3cret\nvar x = 1\n",
        &["p4ss", "s3cret"],
    );
    assert_hidden(
        "// it's a 'quote\nstream\n    // 's3cret'\n    |from()\n// t0ken\n",
        &["s3cret", "t0ken"],
    );
    assert_hidden("var x = 1\n\n// the password is hunter2\n", &["hunter2"]);
}

#[test]
fn quotes_within_a_secret_do_not_end_it() {
    assert_hidden(r"stream|alert().slack().token('it\'s t0ken').channel('a')", &["t0ken"]);
    assert_hidden("stream|alert().slack().token('''it's t0ken''')", &["t0ken"]);
}

#[test]
fn one_secret_that_begins_another_hides_neither_rest() {
    assert_hidden(
        "stream|alert().post('https://host/key').post('https://host/key-and-the-rest')",
        &["host/key", "and-the-rest"],
    );
}

#[test]
fn user_info_of_any_scheme_is_hidden() {
    for scheme in ["tcp", "ftp", "ws", "mqtt", "http", "redis"] {
        let url = format!("{scheme}://user:p4ssword@host:1/x");
        assert_hidden(&format!("stream|from().measurement('{url}')"), &["p4ssword"]);
        assert_hidden(&format!("stream|from().where(lambda: \"{url}\" == 'a')"), &["p4ssword"]);
        assert_hidden(&format!("stream|alert().tcp('{url}')"), &["p4ssword"]);
        assert_hidden(&format!("dbrp \"{url}\".\"autogen\"\n"), &["p4ssword"]);
    }
    assert_hidden(
        r#"stream|from().where(lambda: "host" =~ /https:\/\/h\/s3cret/)"#,
        &["s3cret"],
    );
}

#[test]
fn names_that_speak_of_secrets_hide_what_they_are_compared_with() {
    for name in ["auth", "passwd", "passphrase", "privateKey", "password", "api_token"] {
        assert_hidden(
            &format!("stream|from().where(lambda: \"{name}\" == 's3cret')"),
            &["s3cret"],
        );
        assert_hidden(
            &format!("stream|from().where(lambda: 's3cret' != \"{name}\")"),
            &["s3cret"],
        );
        assert_hidden(&format!("stream|default().tag('{name}', 's3cret')"), &["s3cret"]);
        assert_hidden(&format!("var {name} = 's3cret'\n"), &["s3cret"]);
        assert_hidden(&format!("stream|alert().any().{name}('s3cret')"), &["s3cret"]);
    }
    assert_hidden(r#"stream|from().where(lambda: "password" =~ /s3cret/)"#, &["s3cret"]);
}

#[test]
fn concatenations_are_hidden() {
    assert_hidden(
        "stream|alert().post('https://' + 'host/' + 's3cret')",
        &["host/", "s3cret"],
    );
    assert_hidden(
        "stream|from().where(lambda: \"host\" + 's3cret' == 'x' + 'k3y')",
        &["s3cret", "k3y"],
    );
    assert_hidden("stream|eval(lambda: 's3cret' + \"host\").as('x')", &["s3cret"]);
}

#[test]
fn properties_of_an_alert_are_hidden_whatever_they_are_called() {
    for call in [
        "measurement",
        "database",
        "as",
        "keep",
        "tag",
        "groupBy",
        "mean",
        "where",
    ] {
        assert_hidden(&format!("stream|alert().post().{call}('s3cret')"), &["s3cret"]);
        assert_hidden(&format!("stream@udf().{call}('s3cret')"), &["s3cret"]);
    }
}

#[test]
fn what_names_the_data_is_shown() {
    let script = "var db = 'telegraf'\n\nvar groupBy = ['host', 'cpu']\n\nvar whereFilter = lambda: (\"cpu\" == 'cpu-total' OR \
                  \"host\" =~ /^web/) AND isPresent(\"usage\")\n\nvar period = 10m\n\nvar triggerType = 'relative'\n\nvar crit = \
                  90\n\nvar data = stream\n    |from()\n        .database(db)\n        .where(whereFilter)\n    |mean('usage')\n        \
                  .as('value')\n\ndata\n    |httpOut('output')\n";
    assert_eq!(shown(script), script);
}

#[test]
fn a_script_that_does_not_parse_is_not_shown() {
    let script = shown("stream|from( .post('s3cret'");
    assert!(!script.contains("s3cret") && script.contains("hmac:"), "{script}");
}

/// A rule with `planted` as each attribute that holds a text, but for those that name data.
fn planted(kind: &str, planted: &str) -> RuleSpec {
    let text = || Field::Known(planted.to_owned());
    let map = |entries: Vec<(&str, String)>| {
        Field::Known(
            entries
                .into_iter()
                .map(|(name, value)| (name.to_owned(), Field::Known(value)))
                .collect(),
        )
    };
    let kind = KINDS.iter().find(|known| known.name == kind).unwrap();
    let of_map = |secret: bool| {
        let options = kind.options.iter().filter(|option| option.secret == secret);
        let texts = options.filter(|option| matches!(option.kind, OptionKind::Text | OptionKind::List));
        map(texts.map(|option| (option.name, format!("/{planted}"))).collect())
    };
    RuleSpec {
        name: text(),
        database: "telegraf".into(),
        measurement: "cpu".into(),
        field: "usage".into(),
        trigger: "threshold".into(),
        operator: "==".into(),
        value: text(),
        message: text(),
        details: text(),
        posts: Field::Known(vec![PostSpec {
            url: Field::Known(format!("https://host/{planted}")),
            endpoint: text(),
            headers: map(vec![("Accept", planted.to_owned()), (planted, planted.to_owned())]),
            sensitive_headers: map(vec![("X-Key", planted.to_owned())]),
        }]),
        handlers: Field::Known(vec![HandlerSpec {
            kind: kind.name.into(),
            options: of_map(false),
            secrets: of_map(true),
        }]),
        ..RuleSpec::default()
    }
}

#[test]
fn no_text_of_any_attribute_is_in_the_redacted_script() {
    let secret = "planted5ecret";
    for kind in KINDS {
        let rule = Rule::from_server(&planted(kind.name, secret)).unwrap();
        assert!(
            rule.to_tickscript().matches(secret).count() >= 9,
            "{}",
            rule.to_tickscript()
        );
        let shown = rule.redacted_tickscript(&rule.fingerprint_key());
        assert!(!shown.contains(secret), "{}: {shown}", kind.name);
        assert!(
            shown.contains("'telegraf'") && shown.contains("'cpu'") && shown.contains("\"usage\""),
            "{shown}"
        );
        assert_eq!(shown, redact_script(&rule.to_tickscript(), &rule.fingerprint_key()));
    }
}

/// As many steps for each byte in a long script as in a short one: 100,000 URLs once took a minute.
#[test]
fn the_work_grows_with_the_script_and_not_with_its_square() {
    let steps = |urls: usize| {
        let calls: String = (0..urls)
            .map(|number| format!(".post('https://host/{number:08}')"))
            .collect();
        let program = tickscript::parse(&format!("stream|alert(){calls}")).unwrap();
        redacted(program, &key()).1
    };
    let (few, many) = (steps(100), steps(10_000));
    assert!(
        few > 100 && many <= 101 * few,
        "{few} steps for 100 URLs, {many} for 10,000"
    );
}
