//! Literals that are built in code.

use crate::tickscript::{ast::*, format};

#[test]
fn a_text_gets_the_quotes_that_hold_it() {
    let cases = [
        ("it's", "'it\\'s'"),
        ("", "''"),
        ("a\\b", "'a\\b'"),
        ("C:\\", "'''C:\\'''"),
        ("it's C:\\", "'''it's C:\\'''"),
    ];
    for (value, written) in cases {
        let string = StringLiteral::new(value).unwrap_or_else(|error| panic!("{value}: {error}"));
        assert_eq!(Expression::from(string).to_string(), written);
        assert_eq!(
            format(&format!("var x = {written}")),
            Ok(format!("var x = {written}\n"))
        );
    }
}

#[test]
fn what_quotes_cannot_hold_is_refused() {
    assert_eq!(StringLiteral::single("C:\\"), Err(Inexpressible::Single));
    assert_eq!(StringLiteral::triple("a'"), Err(Inexpressible::Triple));
    assert_eq!(StringLiteral::triple("a'''b"), Err(Inexpressible::Triple));
    assert_eq!(StringLiteral::new("a'''b\\"), Err(Inexpressible::Any));
    assert_eq!(StringLiteral::new("''\\"), Err(Inexpressible::Any));
    assert_eq!(Reference::new("a\\"), Err(Inexpressible::Reference));
}

#[test]
fn a_pattern_is_written_with_its_slashes_escaped() {
    for (pattern, written) in [("a/b", "/a\\/b/"), ("\\/", "/\\\\//"), ("[\\\\]", "/[\\\\]/")] {
        let regex = Regex::new(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
        let script = format!("var x = {}\n", Expression::from(regex));
        assert_eq!(script, format!("var x = {written}\n"), "{pattern}");
        assert_eq!(format(&script).as_ref(), Ok(&script));
    }
    assert_eq!(Regex::new("a\\\\"), Err(InvalidRegex::Backslash));
    assert!(matches!(Regex::new("("), Err(InvalidRegex::Refused(_))));
}

#[test]
fn numbers_are_read_as_kapacitor_reads_them() {
    let cases = [
        ("0", Some(Number::Integer(0))),
        ("010", Some(Number::Octal(8))),
        ("1.", Some(Number::Float(1.0))),
        (".5", Some(Number::Float(0.5))),
        ("9223372036854775807", Some(Number::Integer(i64::MAX))),
        ("9223372036854775808", None),
        ("08", None),
        ("-1", None),
        ("+1", None),
        ("1e5", None),
        ("inf", None),
        (".", None),
        ("", None),
    ];
    for (text, number) in cases {
        assert_eq!(Number::parse(text), number, "{text:?}");
    }
}

#[test]
fn durations_count_in_the_largest_unit() {
    let cases = [
        ("60s", "1m"),
        ("604800s", "1w"),
        ("90s", "90s"),
        ("5µ", "5u"),
        ("1000ms", "1s"),
        ("0h", "0s"),
    ];
    for (text, largest) in cases {
        let duration = Duration::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let again = Duration::from_nanoseconds(duration.nanoseconds());
        assert_eq!(again.as_ref().map(Duration::literal), Some(largest), "{text}");
    }
    assert_eq!(Duration::from_nanoseconds(1), None);
    assert_eq!(Duration::from_nanoseconds(-1_000_000_000), None);
    for text in ["s", "1", "1ns", "-1s", "1.5s", "1h30m", ""] {
        assert_eq!(Duration::parse(text), Err(InvalidDuration::Invalid), "{text}");
    }
}

#[test]
fn a_script_is_built_in_code() {
    let condition = Binary::new(Identifier::new("a"), Operator::Greater, Number::Integer(90));
    let data = Chain::new("stream")
        .pipe("from", vec![])
        .dot("groupBy", vec![List::new(vec![Star::default().into()]).into()])
        .dot("where", vec![Lambda::new(condition).into()])
        .at("udf", vec![]);
    let program = Program {
        statements: vec![Statement::variable("data", data)],
        trailing: Vec::new(),
    };
    let expected = "var data = stream
    |from()
        .groupBy([*])
        .where(lambda: a > 90)
    @udf()
";
    assert_eq!(program.to_string(), expected);
}

#[test]
fn parentheses_come_where_the_meaning_needs_them() {
    let name = |name: &str| Expression::from(Identifier::new(name));
    let sum = || Binary::new(name("a"), Operator::Plus, name("b"));
    let cases = [
        (Binary::new(sum(), Operator::Multiply, name("c")), "(a + b) * c"),
        (Binary::new(sum(), Operator::Minus, name("c")), "a + b - c"),
        (Binary::new(sum(), Operator::Greater, name("c")), "a + b > c"),
        (Binary::new(name("c"), Operator::Minus, sum()), "c - (a + b)"),
        (Binary::new(name("c"), Operator::Greater, sum()), "c > a + b"),
        (
            Binary::new(Unary::minus(sum()), Operator::Multiply, Unary::not(name("c"))),
            "-(a + b) * !c",
        ),
    ];
    for (binary, printed) in cases {
        assert_eq!(Expression::from(binary).to_string(), printed);
    }
}
