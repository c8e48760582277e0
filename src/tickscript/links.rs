//! Where the links of a script's chains stand, for messages about one of them.

use super::error::Position;
use super::lexer::token::TokenKind;
use super::lexer::Lexer;

/// The places of the names behind every `|`, `@` and `.` of a script, in the order of the source: that in which a walk over
/// the tree comes to the links, if it takes each link before what is in its arguments.
pub fn link_positions(script: &str) -> Vec<Position> {
    let mut lexer = Lexer::new(script);
    let mut positions = Vec::new();
    let mut is_link = false;
    loop {
        let token = lexer.next_token();
        match token.kind {
            TokenKind::EndOfFile | TokenKind::Error(_) => return positions,
            TokenKind::Pipe | TokenKind::At | TokenKind::Dot => is_link = true,
            TokenKind::Comment => {}
            TokenKind::Identifier if is_link => {
                positions.push(position(script, token.start));
                is_link = false;
            }
            // Behind the dot of `dbrp "a"."b"` stands no name.
            _ => is_link = false,
        }
    }
}

fn position(script: &str, offset: usize) -> Position {
    let before = &script[..offset];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Position {
        line: 1 + before.matches('\n').count(),
        column: 1 + before[line_start..].chars().count(),
        offset,
    }
}

#[cfg(test)]
mod tests {
    use super::link_positions;

    #[test]
    fn links_are_found_in_the_order_of_the_source_and_nothing_else_is() {
        let script =
            "dbrp \"a\".\"b\"\n// a|comment\nvar x = stream\n    |from().where(lambda: \"a\" == 'b|c' AND 1.5 > 2)\n\
                      x|join(x|shift(1h))@udf()";
        let names: Vec<&str> = link_positions(script)
            .into_iter()
            .map(|position| script[position.offset..].split('(').next().unwrap())
            .collect();
        assert_eq!(names, ["from", "where", "join", "shift", "udf"]);
        let from = link_positions(script)[0];
        assert_eq!((from.line, from.column), (4, 6));
    }
}
