//! Regular expressions, in the words of Go 1.25's `regexp`.

use crate::tickscript::lexer::regex_syntax::check;

#[test]
fn what_go_compiles_is_accepted() {
    let patterns = [
        "",
        "a|b",
        "()*",
        "(|a)+?",
        "a{2,}",
        "a{,3}",
        "a{01}",
        "{",
        "a{0}{",
        "a*(?i)*",
        "(?i-s:a)",
        "(?P<n>a)(?<m>b)",
        "[]a]",
        "[^]]",
        "[a-]",
        "[[:alpha:][:^digit:]\\d\\pL]",
        "[[:]",
        "\\p{Greek}\\p{^lu}\\PN\\p{letter}",
        "\\Qa(\\E*",
        "\\Q\\E",
        "\\x{10FFFF}",
        "\\x4f",
        "\\012",
        "\\_",
        "(((a{10}){10}){10})",
        "(a{1000}){0}",
        "\\A\\b\\B\\z^$",
        "a\\Q\\E*",
        "\u{4e16}+",
    ];
    for pattern in patterns {
        assert_eq!(check(pattern), Ok(()), "{pattern}");
    }
}

#[test]
fn what_go_refuses_is_refused_in_its_words() {
    let cases = [
        ("*", "missing argument to repetition operator: `*`"),
        ("(*)", "missing argument to repetition operator: `*`"),
        ("a|{2}?", "missing argument to repetition operator: `{2}?`"),
        ("a**", "invalid nested repetition operator: `**`"),
        ("a+?{2}", "invalid nested repetition operator: `+?{2}`"),
        ("a{1001}", "invalid repeat count: `{1001}`"),
        ("a{3,2}", "invalid repeat count: `{3,2}`"),
        ("a{2,99999999999}", "invalid repeat count: `{2,99999999999}`"),
        ("((a{101}){10})", "invalid repeat count: `{10}`"),
        ("(a", "missing closing ): `(a`"),
        ("a)b", "unexpected ): `a)b`"),
        ("x[a", "missing closing ]: `[a`"),
        ("[z-a]", "invalid character class range: `z-a`"),
        ("[[:foo:]]", "invalid character class range: `[:foo:]`"),
        ("\\p{Foo}", "invalid character class range: `\\p{Foo}`"),
        ("\\pé", "invalid character class range: `\\pé`"),
        ("\\p{Old_Italic}", "invalid character class range: `\\p{Old_Italic}`"),
        ("\\p{L", "invalid character class range: `\\p{L`"),
        ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
        ("(?i-)", "invalid or unsupported Perl syntax: `(?i-)`"),
        ("(?P<a.b>c)", "invalid named capture: `(?P<a.b>`"),
        ("(?<ab", "invalid named capture: `(?<ab`"),
        ("\\1", "invalid escape sequence: `\\1`"),
        ("\\q", "invalid escape sequence: `\\q`"),
        ("\\C", "invalid escape sequence: `\\C`"),
        ("\\x{110000}", "invalid escape sequence: `\\x{110000`"),
        ("[\\b]", "invalid escape sequence: `\\b`"),
        ("a\\", "trailing backslash at end of expression: ``"),
    ];
    for (pattern, words) in cases {
        let error = check(pattern).expect_err(pattern).to_string();
        assert_eq!(error, format!("error parsing regexp: {words}"), "{pattern}");
    }
}
