//! What holds for every script.

use proptest::prelude::*;

use super::generate::{dense_text, program, text};
use crate::tickscript::{ast::*, parse, ParseError, VisitMut};

fn check_text(script: &str) -> Result<(), TestCaseError> {
    let program = match parse(script) {
        Ok(program) => program,
        Err(error) => return check_error(script, &error),
    };
    let printed = program.to_string();
    let again = parse(&printed);
    let reads_back = again.as_ref() == Ok(&program);
    // Both ways: what is named as unstable is, and nothing else is.
    prop_assert_eq!(program.instability().is_none(), reads_back, "printed as {:?}", printed);
    if let (true, Ok(again)) = (reads_back, again) {
        prop_assert_eq!(again.to_string(), printed);
    }
    Ok(())
}

fn check_error(script: &str, error: &ParseError) -> Result<(), TestCaseError> {
    let position = error.position();
    prop_assert!(script.is_char_boundary(position.offset));
    let before = &script[..position.offset];
    prop_assert_eq!(position.line, before.split('\n').count());
    prop_assert_eq!(position.column, before.rsplit('\n').next().unwrap().chars().count() + 1);
    prop_assert!(error.to_string().ends_with('^'));
    prop_assert!(error.kapacitor_message().starts_with("parser: "));
    Ok(())
}

/// Writes everything in another way that means the same.
struct Layout;

impl VisitMut for Layout {
    fn call(&mut self, call: &mut Call) {
        call.multi_line = !call.multi_line;
    }

    fn expression(&mut self, expression: &mut Expression) {
        match expression {
            Expression::Binary(binary) => {
                binary.parenthesised = true;
                binary
                    .rest
                    .iter_mut()
                    .for_each(|operation| operation.multi_line = !operation.multi_line);
            }
            Expression::String(string) => {
                if let Ok(triple) = StringLiteral::triple(string.value()) {
                    *string = triple;
                }
            }
            _ => {}
        }
    }
}

proptest! {
    #[test]
    fn a_tree_reads_back_from_what_it_prints(program in program()) {
        let printed = program.to_string();
        let again = parse(&printed).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(&again, &program, "printed as:\n{}", printed);
        prop_assert_eq!(again.to_string(), printed);
    }

    #[test]
    fn arbitrary_text_parses_or_is_refused(script in any::<String>()) {
        check_text(&script)?;
    }

    #[test]
    fn text_made_of_tokens_parses_or_is_refused(script in text()) {
        check_text(&script)?;
    }

    #[test]
    fn dense_text_parses_or_is_refused(script in dense_text()) {
        check_text(&script)?;
    }

    #[test]
    fn layout_does_not_change_the_meaning(program in program()) {
        let normalised = program.clone().normalised();
        prop_assert_eq!(&normalised.clone().normalised(), &normalised);
        let mut laid_out_anew = program.without_comments();
        laid_out_anew.visit_mut(&mut Layout);
        prop_assert_eq!(laid_out_anew.normalised(), normalised);
    }

    #[test]
    fn a_text_is_written_so_that_it_reads_back(value in "\\PC{0,8}|[ab'\\\\\n]{0,8}") {
        match StringLiteral::new(value.clone()) {
            Ok(string) => {
                let program = Program { statements: vec![Statement::variable("x", string)], trailing: Vec::new() };
                let printed = program.to_string();
                prop_assert_eq!(parse(&printed).ok(), Some(program), "printed as {}", printed);
            }
            // Only a backslash at the end asks for triple quotes, and only quotes rule them out.
            Err(_) => prop_assert!(value.ends_with('\\') && value.contains("''")),
        }
    }
}
