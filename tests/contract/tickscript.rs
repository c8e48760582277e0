//! The recorded scripts, formatted as Kapacitor does.

use std::{collections::BTreeMap, fs};

use serde::Deserialize;
use squadcast_kapacitor::tickscript::{format, parse};

/// What Kapacitor puts before the words of its parser and of its compiler.
const INVALID: &str = "invalid TICKscript: ";
/// What Kapacitor puts before the words of its parser alone.
const PARSER: &str = "invalid TICKscript: parser: ";

#[derive(Deserialize)]
struct Recorded {
    script: String,
    formatted: Option<String>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Rule {
    case: Option<String>,
    created_tickscript: Option<String>,
    tickscript: Option<String>,
}

fn read<T: for<'de> Deserialize<'de>>(file: &str) -> Vec<T> {
    let path = crate::contract_dir().join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(!text.is_empty(), "{}: nothing was recorded", path.display());
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Prints how many matched and what did not, and fails if anything did not.
fn report(what: &str, total: usize, mismatches: &[String]) {
    println!("{what}: {} of {total} matched", total - mismatches.len());
    assert!(mismatches.is_empty(), "{what}:\n{}", mismatches.join("\n"));
}

#[test]
fn accepted_scripts_print_as_kapacitor_prints_them() {
    let mut mismatches = Vec::new();
    let mut total = 0;
    for case in read::<Recorded>("tickscript-format.jsonl") {
        let Some(expected) = case.formatted else { continue };
        total += 1;
        match format(&case.script) {
            Ok(printed) if printed == expected => {}
            Ok(printed) => mismatches.push(format!(
                "{:?}\n  Kapacitor: {expected:?}\n  printed:   {printed:?}",
                case.script
            )),
            Err(error) => mismatches.push(format!("{:?}\n  refused: {error}", case.script)),
        }
    }
    report("scripts that Kapacitor accepts", total, &mismatches);
}

#[test]
fn what_kapacitors_parser_refuses_is_refused_in_the_same_words() {
    let mut mismatches = Vec::new();
    let mut total = 0;
    for case in read::<Recorded>("tickscript-format.jsonl") {
        let Some(expected) = case.error.filter(|error| error.starts_with(PARSER)) else {
            continue;
        };
        total += 1;
        match parse(&case.script) {
            // The message names line and character, so the position is compared with the words.
            Err(error) if format!("{INVALID}{}", error.kapacitor_message()) == expected => {}
            Err(error) => mismatches.push(format!(
                "{:?}\n  Kapacitor: {expected}\n  here: {}",
                case.script,
                error.kapacitor_message()
            )),
            Ok(_) => mismatches.push(format!("{:?}\n  Kapacitor: {expected}\n  here: accepted", case.script)),
        }
    }
    report("scripts that Kapacitor's parser refuses", total, &mismatches);
}

/// These parse in Kapacitor too: what is wrong with them is known only to the pipeline that they would make, its
/// methods, their arguments and the variables in scope.
#[test]
fn what_only_kapacitors_compiler_refuses_parses() {
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut mismatches = Vec::new();
    let mut total = 0;
    for case in read::<Recorded>("tickscript-format.jsonl") {
        let Some(reason) = case.error.filter(|error| !error.starts_with(PARSER)) else {
            continue;
        };
        total += 1;
        if let Err(error) = parse(&case.script) {
            mismatches.push(format!("{:?}\n  Kapacitor: {reason}\n  here: {error}", case.script));
        }
        reasons.entry(reason).or_default().push(case.script);
    }
    for (reason, scripts) in &reasons {
        println!("only the compiler refuses {scripts:?}: {reason}");
    }
    report("scripts that only Kapacitor's compiler refuses", total, &mismatches);
}

#[test]
fn rules_that_chronograf_stored_are_printed_unchanged() {
    let mut mismatches = Vec::new();
    let mut total = 0;
    for file in ["rules/systematic.jsonl", "rules/random.jsonl"] {
        for rule in read::<Rule>(file) {
            for script in [rule.tickscript, rule.created_tickscript].into_iter().flatten() {
                total += 1;
                match format(&script) {
                    Ok(printed) if printed == script => {}
                    Ok(printed) => mismatches.push(format!("{:?}: {script:?} printed as {printed:?}", rule.case)),
                    Err(error) => mismatches.push(format!("{:?}: {error}", rule.case)),
                }
            }
        }
    }
    report("scripts of Chronograf's rules", total, &mismatches);
}
