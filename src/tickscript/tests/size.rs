//! Large scripts: long ones are read, deep ones refused, and neither ends the process.

use crate::tickscript::{ast::*, parse, ErrorKind};

const MANY: usize = 30_000;

#[test]
fn deep_nesting_is_refused() {
    let nestings = [
        ("(", "1", ")"),
        ("f(", "1", ")"),
        ("1 + f(", "1", ")"),
        ("a|b(c.d(", "1", "))"),
        ("-", "1", ""),
        ("!(", "1", ")"),
        ("1 OR 1 AND 1 == 1 < 1 + 1 * (", "1", ")"),
    ];
    for (open, middle, close) in nestings {
        let script = format!("{}{middle}{}", open.repeat(MANY), close.repeat(MANY));
        let error = parse(&script).expect_err(open);
        assert_eq!(error.kind(), &ErrorKind::TooDeep, "{open}");
    }
}

#[test]
fn what_people_nest_is_read() {
    for (open, close) in [("(", ")"), ("f(", ")"), ("-", ""), ("1 OR (", ")")] {
        let script = format!("{}1{}", open.repeat(90), close.repeat(90));
        let program = parse(&script).unwrap_or_else(|error| panic!("{open}: {error}"));
        assert_eq!(parse(&program.to_string()), Ok(program));
    }
}

#[test]
fn long_scripts_are_read() {
    let scripts = [
        "1 + ".repeat(MANY) + "1",
        "a AND b OR ".repeat(MANY) + "c",
        format!("stream{}", "|from().x('y')".repeat(MANY)),
        format!("f({})", "x, ".repeat(MANY)),
        format!("[{}]", "'x', ".repeat(MANY)),
        "// c\n".repeat(MANY),
        "// c\n\n".repeat(MANY),
        "var x = 'a'\n".repeat(MANY),
        format!("'{}'", "\\'".repeat(MANY)),
        format!("var x = /{}/", "[[:a".repeat(MANY) + &"]".repeat(MANY)),
    ];
    for script in scripts {
        let program = parse(&script).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(parse(&program.to_string()).as_ref(), Ok(&program));
        assert_eq!(program.clone().normalised(), program.normalised().normalised());
    }
}

#[test]
fn long_operations_are_one_level() {
    let Ok(Program { statements, .. }) = parse("a AND b AND c") else {
        panic!()
    };
    let [Statement::Expression(Expression::Binary(binary))] = statements.as_slice() else {
        panic!()
    };
    assert_eq!(
        binary.operands_of(Operator::And).map(|operands| operands.len()),
        Some(3)
    );
}
