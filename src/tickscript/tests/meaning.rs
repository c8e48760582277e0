//! Scripts that mean the same, and what a visitor can do.

use crate::tickscript::{ast::*, parse, Program, VisitMut};

fn normalised(script: &str) -> Program {
    parse(script).unwrap_or_else(|error| panic!("{error}")).normalised()
}

#[test]
fn what_means_the_same_is_equal() {
    let pairs = [
        (
            "stream|from().database('a')",
            "// c\nstream // d\n|from(\n)\n.database(\n'''a'''\n)",
        ),
        ("var x = 60s", "var x = 1m"),
        ("var x = 010", "var x = 8"),
        ("var x = (a * b) + c", "var x = a * b + c"),
        ("var x = (a + b) + c", "var x = a + b + c"),
        ("var x = lambda: (a > b)", "var x = lambda: a > b"),
        ("var x = a AND\nb", "var x = a AND b"),
        ("f(a,)", "f(a)"),
    ];
    for (one, other) in pairs {
        assert_eq!(normalised(one), normalised(other), "{one:?} and {other:?}");
    }
}

#[test]
fn what_means_something_else_is_not_equal() {
    let pairs = [
        ("var x = a + (b + c)", "var x = a + b + c"),
        ("var x = (a + b) * c", "var x = a + b * c"),
        ("var x = -(a + b)", "var x = -a + b"),
        ("var x = 1", "var x = 1.0"),
        ("var x = 'a'", "var x = \"a\""),
        ("a|b().c()", "a|b()|c()"),
        ("a.b", "a.b()"),
    ];
    for (one, other) in pairs {
        assert_ne!(normalised(one), normalised(other), "{one:?} and {other:?}");
    }
}

struct Redactor;

impl VisitMut for Redactor {
    fn call(&mut self, call: &mut Call) {
        if call.name == "post" {
            call.arguments = StringLiteral::new("redacted")
                .map(Expression::from)
                .into_iter()
                .collect();
        }
    }

    fn comment(&mut self, comment: &mut Option<Comment>) {
        *comment = None;
    }
}

#[test]
fn a_visitor_reaches_every_call_and_every_comment() {
    let script = "// SECRET\nvar x = f(post('SECRET'), lambda: 1 + post('SECRET'))
        var // SECRET\n y = -post('SECRET') // SECRET\n AND [ // SECRET\n 'a'] // SECRET
        stream // SECRET\n | // SECRET\n alert( // SECRET\n a.post('SECRET')) // SECRET\n .post('SECRET')
        post('SECRET')|x()\n // SECRET";
    let script = script.replace(" // SECRET\n AND [ // SECRET\n 'a']", " // SECRET\n AND // SECRET\n a");
    let mut program = parse(&script).unwrap_or_else(|error| panic!("{error}"));
    assert!(program.to_string().contains("SECRET"));
    program.visit_mut(&mut Redactor);
    let printed = program.to_string();
    assert!(!printed.contains("SECRET"), "{printed}");
    assert_eq!(printed.matches("post('redacted')").count(), 6, "{printed}");
}
