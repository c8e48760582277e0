//! Errors, as people see them.

use crate::tickscript::{parse, ErrorKind, Position};

fn error(script: &str) -> crate::tickscript::ParseError {
    parse(script).expect_err("this should be refused")
}

#[test]
fn an_error_shows_the_place_in_its_line() {
    let shown = error("var x = 1\nstream|from())").to_string();
    let expected = [
        r#"line 2, column 14: unexpected ), expected: "number","string","duration","identifier","TRUE","FALSE","==","(","-","!""#,
        "  |",
        "2 | stream|from())",
        "  |              ^",
    ];
    assert_eq!(shown, expected.join("\n"));
}

#[test]
fn an_error_knows_what_wfrom_server_and_expected() {
    let error = error("dbrp \"a\".b");
    let expected = ErrorKind::Unexpected {
        found: "identifier".to_owned(),
        expected: vec!["reference".to_owned()],
    };
    assert_eq!(error.kind(), &expected);
    assert_eq!(
        error.position(),
        Position {
            line: 1,
            column: 10,
            offset: 9
        }
    );
    assert_eq!(
        error.kapacitor_message(),
        r#"parser: unexpected identifier line 1 char 10 in "dbrp "a".b". expected: "reference""#
    );
}

#[test]
fn kapacitor_counts_bytes_and_people_count_characters() {
    let error = error("var é = 'ü' ;");
    assert_eq!(
        error.position(),
        Position {
            line: 1,
            column: 13,
            offset: 14
        }
    );
    assert!(
        error.kapacitor_message().contains("line 1 char 15"),
        "{}",
        error.kapacitor_message()
    );
    assert!(
        error.to_string().ends_with("\n1 | var é = 'ü' ;\n  |             ^"),
        "{error}"
    );
}

#[test]
fn a_long_line_is_shown_around_the_place() {
    let script = format!("var x = '{}' ; '{}'", "a".repeat(1000), "b".repeat(1000));
    let shown = error(&script).to_string();
    let longest = shown.lines().skip(1).map(str::len).max();
    assert!(longest < Some(140), "{shown}");
    let [.., line, caret] = shown.lines().collect::<Vec<_>>()[..] else {
        panic!("{shown}")
    };
    assert_eq!(
        caret.find('^').and_then(|place| line.chars().nth(place)),
        Some(';'),
        "{shown}"
    );
}

#[test]
fn a_tab_does_not_move_the_caret() {
    let shown = error("\tstream|from()\t;").to_string();
    assert!(
        shown.ends_with("\n1 |  stream|from() ;\n  |                ^"),
        "{shown}"
    );
}

#[test]
fn numbers_durations_and_patterns_have_their_place_too() {
    let cases = [
        ("var x =\n 08", ErrorKind::Number("08".to_owned()), 2, 2),
        (
            "var x = 99999999999999999999s",
            ErrorKind::Duration("invalid duration".to_owned()),
            1,
            9,
        ),
        (
            "var x = 0009223372036854775807u",
            ErrorKind::Duration(
                "overflowed duration 9223372036854775807u: choose a smaller duration or INF".to_owned(),
            ),
            1,
            9,
        ),
        (
            "a == /(/",
            ErrorKind::Regex("error parsing regexp: missing closing ): `(`".to_owned()),
            1,
            6,
        ),
    ];
    for (script, kind, line, column) in cases {
        let error = error(script);
        assert_eq!(
            (error.kind(), error.position().line, error.position().column),
            (&kind, line, column),
            "{script}"
        );
    }
}

/// Kapacitor steps back too far there; at the very start of a script its process ends.
#[test]
fn a_slash_before_a_wide_character_is_refused() {
    for script in [
        "/é/",
        "f(/é/)",
        "\u{4e16} | /\u{4e16}/",
        "f(\u{1f600}",
        "/\u{1f600}",
        "f(/",
    ] {
        error(script);
    }
    assert!(parse("var x = /é/").is_ok());
}
