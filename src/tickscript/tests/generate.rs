//! Random scripts: as trees, and as text that looks like a script.

use proptest::{collection::vec, option::weighted, prelude::*, sample::select};

use crate::tickscript::ast::*;

/// Scripts that Kapacitor's printing leaves as they are.
pub(super) fn program() -> impl Strategy<Value = Program> {
    let program = (vec(statement(), 0..5), weighted(0.2, comment())).prop_map(|(statements, trailing)| Program {
        statements,
        trailing: trailing.into_iter().collect(),
    });
    program.prop_filter("Kapacitor's own printing does not read back", |program| {
        program.instability().is_none()
    })
}

/// Text made of what scripts are made of, most of it refused somewhere on the way.
pub(super) fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![8 => select(PIECES).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    vec((piece, select(&["", " ", "\n"][..])), 0..40)
        .prop_map(|pieces| pieces.into_iter().map(|(piece, space)| piece + space).collect())
}

/// Text that parses more often than not, with comments and line breaks in odd places.
pub(super) fn dense_text() -> impl Strategy<Value = String> {
    let statement = (
        select(STATEMENTS),
        vec((select(OPERANDS), select(OPERATORS)), 0..6),
        select(OPERANDS),
    );
    vec(statement, 1..4).prop_map(|statements| {
        let lines = statements.into_iter().map(|(start, operations, last)| {
            let operations: String = operations
                .into_iter()
                .flat_map(|(operand, operator)| [operand, operator])
                .collect();
            let close = ")".repeat(start.matches('(').count());
            format!("{start}{operations}{last}{close}\n")
        });
        lines.collect()
    })
}

const PIECES: &[&str] = &[
    "var",
    "dbrp",
    "x",
    "stream",
    "|",
    ".",
    "@",
    "from",
    "(",
    ")",
    "f(",
    "[",
    "]",
    ",",
    "lambda:",
    "lambda",
    "'a'",
    "'it\\'s'",
    "'''b'''",
    "''''",
    "''\\",
    "\"f\"",
    "\"a\\\"b\"",
    "1",
    "007",
    "1.5",
    ".5",
    "10s",
    "5ms",
    "2µ",
    "TRUE",
    "FALSE",
    "AND",
    "OR",
    "+",
    "-",
    "*",
    "/",
    "%",
    "==",
    "!=",
    "=~",
    "!~",
    "<",
    ">=",
    "=",
    "!",
    "/r/",
    "/a\\/b/",
    "// c\n",
    "//\n",
    "// d\n\n",
    "/é",
    "\\",
    "'",
    "\"",
    "/",
    "é",
    "_",
    "\t",
    "\r\n",
    "\u{a0}",
];

const STATEMENTS: &[&str] = &[
    "",
    "var x = ",
    "var y = // c\n",
    "// c\n\n// d\nvar x = lambda: ",
    "stream|from(",
    "a.b|c('d', lambda: ",
    "f(",
    "dbrp \"a\".\"b\"\n",
    "(",
    "var x = f(a|b(), 'c\nd', ",
    "x @ u(\n",
    "var z int\n",
    "a\n// c\n|b(['x', *],\n",
];

const OPERANDS: &[&str] = &[
    "a",
    "1",
    "'b'",
    "\"c\"",
    "g(x)",
    "g(x // c\n)",
    "(a)",
    "(a + b)",
    "( // c\n a == b)",
    "-1",
    "(-1)",
    "!(a AND b)",
    "// c\na",
    "/r/",
    "(/r/)",
    "*",
    "(*)",
    "'''b\n'''",
    "// c\n(a OR b)",
    "g(1,\n2)",
    "-g(x // c\n)",
    "// c\ng(x)",
    "010",
    "1.50",
    "60s",
];

const OPERATORS: &[&str] = &[
    " + ",
    " - ",
    " * ",
    " AND ",
    " OR ",
    " == ",
    " =~ ",
    " < ",
    ", ",
    "\n",
    " // c\n - ",
    " // c\n AND ",
    " +\n",
    " == // c\n",
    " ",
];

fn statement() -> impl Strategy<Value = Statement> {
    prop_oneof![
        4 => (optional_comment(), identifier(), value())
            .prop_map(|(comment, name, value)| Statement::Variable(Variable { comment, name, value })),
        1 => (optional_comment(), identifier(), identifier())
            .prop_map(|(comment, name, kind)| Statement::TypedVariable(TypedVariable { comment, name, kind })),
        1 => (optional_comment(), "[ -!#-~]{0,4}", "[a-z.]{0,4}").prop_map(|(comment, database, retention_policy)| {
            Statement::Dbrp(Dbrp { comment, database: database.replace('\\', "/"), retention_policy })
        }),
        3 => chain(value().boxed()).prop_map(|chain| Statement::Expression(chain.into())),
        1 => call(value().boxed(), true).prop_map(|call| Statement::Expression(call.into())),
    ]
}

/// What can be a variable's value or an argument.
fn value() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![
        4 => operation(),
        2 => (optional_comment(), operation())
            .prop_map(|(comment, expression)| Lambda { comment, expression }.into()),
        1 => (optional_comment(), vec(item(), 0..4)).prop_map(|(comment, items)| List { comment, items }.into()),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            3 => chain(inner.clone()).prop_map(Expression::from),
            1 => call(inner.clone(), true).prop_map(Expression::from),
            1 => (call(inner, true), operator(), operation()).prop_map(|(call, operator, right)| {
                broken(Binary::new(call, operator, right), false).into()
            }),
        ]
    })
}

fn chain(argument: impl Strategy<Value = Expression> + Clone + 'static) -> impl Strategy<Value = Chain> {
    let member = prop_oneof![
        4 => call(argument.clone(), true).prop_map(Member::Call),
        1 => identifier().prop_map(Member::Identifier),
    ];
    let pipe = call(argument.clone(), true).prop_map(|call| (ChainOperator::Pipe, Member::Call(call)));
    let other = (select(&[ChainOperator::Dot, ChainOperator::At][..]), member.clone());
    let link = (optional_comment(), prop_oneof![pipe, other]).prop_map(|(comment, (operator, member))| Link {
        comment,
        operator,
        member,
    });
    (member, vec(link, 1..4)).prop_map(|(head, links)| Chain { head, links })
}

fn call(argument: impl Strategy<Value = Expression>, commented: bool) -> impl Strategy<Value = Call> {
    let comment = if commented {
        optional_comment().boxed()
    } else {
        Just(None).boxed()
    };
    (comment, name(), vec(argument, 0..4), any::<bool>()).prop_map(|(comment, name, arguments, multi_line)| {
        let breaks = arguments.iter().any(|argument| argument.to_string().contains('\n'));
        let multi_line = !arguments.is_empty() && (multi_line || breaks);
        Call {
            comment,
            name,
            arguments,
            multi_line,
        }
    })
}

/// What can stand in a lambda.
fn operation() -> impl Strategy<Value = Expression> {
    operand().prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            4 => (inner.clone(), operator(), inner.clone(), any::<(bool, bool)>()).prop_map(
                |(left, operator, right, (multi_line, parenthesised))| {
                    let binary = broken(Binary::new(left, operator, right), multi_line);
                    if parenthesised { binary.parenthesised() } else { binary }.into()
                }
            ),
            1 => inner.clone().prop_map(|operand| Unary::minus(operand).into()),
            1 => inner.clone().prop_map(|operand| Unary::not(operand).into()),
            2 => call(inner.clone(), false).prop_map(Expression::from),
            1 => (inner, any::<bool>(), regex()).prop_map(|(left, negated, regex)| {
                let operator = if negated { Operator::RegexNotEqual } else { Operator::RegexEqual };
                broken(Binary::new(left, operator, regex), false).parenthesised().into()
            }),
        ]
    })
}

/// Marks the last operation as one over several lines where it is printed so, or where that was asked for.
fn broken(mut binary: Binary, multi_line: bool) -> Binary {
    let breaks = Expression::from(binary.clone()).to_string().contains('\n');
    if let Some(operation) = binary.rest.last_mut() {
        operation.multi_line = multi_line || breaks;
    }
    binary
}

fn operand() -> impl Strategy<Value = Expression> {
    prop_oneof![
        2 => identifier().prop_map(Expression::from),
        2 => (optional_comment(), number()).prop_map(|(comment, value)| NumberLiteral { comment, value }.into()),
        1 => (optional_comment(), "[0-9]{1,9}", select(&["u", "µ", "ms", "s", "m", "h", "d", "w"][..])).prop_filter_map(
            "too long",
            |(comment, amount, unit)| {
                let duration = Duration::parse(&format!("{amount}{unit}")).ok()?;
                Some(Duration { comment, ..duration }.into())
            }
        ),
        1 => (optional_comment(), any::<bool>()).prop_map(|(comment, value)| BoolLiteral { comment, value }.into()),
        2 => string().prop_map(Expression::from),
        3 => (optional_comment(), "\\PC{0,4}|\\PC{0,4}[\"\n]").prop_filter_map("inexpressible", |(comment, name)| {
            Reference::new(name).ok().map(|reference| Reference { comment, ..reference }.into())
        }),
    ]
}

fn string() -> impl Strategy<Value = StringLiteral> {
    (optional_comment(), "\\PC{0,8}|[ab'\\\\\n]{0,8}", any::<bool>()).prop_filter_map(
        "inexpressible",
        |(comment, value, triple)| {
            let string = if triple {
                StringLiteral::triple(value)
            } else {
                StringLiteral::single(value)
            };
            string.ok().map(|string| StringLiteral { comment, ..string })
        },
    )
}

fn item() -> impl Strategy<Value = Expression> {
    prop_oneof![
        string().prop_map(Expression::from),
        identifier().prop_map(Expression::from),
        optional_comment().prop_map(|comment| Star { comment }.into()),
    ]
}

fn number() -> impl Strategy<Value = Number> {
    prop_oneof![
        (0..=i64::MAX).prop_map(Number::Integer),
        (0..100i64).prop_map(Number::Octal),
        (0.0..1e6).prop_map(Number::Float),
        any::<f64>().prop_filter_map("not a number", |value| value
            .is_finite()
            .then(|| Number::Float(value.abs()))),
    ]
}

fn regex() -> impl Strategy<Value = Regex> {
    "[a-z.^$ |/]{0,6}|\\PC{0,4}|\\\\/".prop_filter_map("not for Go", |pattern| Regex::new(&pattern).ok())
}

fn operator() -> impl Strategy<Value = Operator> {
    use Operator::*;
    select(
        &[
            Or,
            And,
            Equal,
            NotEqual,
            Greater,
            GreaterEqual,
            Less,
            LessEqual,
            Plus,
            Minus,
            Multiply,
            Divide,
            Modulo,
        ][..],
    )
}

fn identifier() -> impl Strategy<Value = Identifier> {
    (optional_comment(), name()).prop_map(|(comment, name)| Identifier { comment, name })
}

fn name() -> impl Strategy<Value = String> {
    let keywords = ["AND", "OR", "TRUE", "FALSE", "var", "dbrp"];
    "[a-zA-Z][a-zA-Z0-9_]{0,5}|é|lambda|世[_1]?"
        .prop_filter("a keyword", move |name| !keywords.contains(&name.as_str()))
}

fn optional_comment() -> impl Strategy<Value = Option<Comment>> {
    weighted(0.04, comment())
}

fn comment() -> impl Strategy<Value = Comment> {
    let line = "|/?[a-z' ]{0,6}[a-z]|//| [a-z]";
    vec(vec(line, 1..3), 1..3).prop_map(|blocks| Comment { blocks })
}
