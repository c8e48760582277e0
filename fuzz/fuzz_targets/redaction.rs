//! Scripts and server's answers with a secret planted in them: no secret and no control character comes out.
//!
//! The first byte chooses what is tried and in which form the secret is planted; each `§` of the rest is where.

#![no_main]

use libfuzzer_sys::fuzz_target;
use secret::mask::{Author, Known};

// The sources themselves and not the library: they are all that is to be instrumented, and build in seconds.
#[allow(dead_code, unused_imports)]
#[path = "../../src/rule/mod.rs"]
mod rule;
#[allow(dead_code, unused_imports)]
#[path = "../../src/secret/mod.rs"]
mod secret;
#[allow(dead_code, unused_imports)]
#[path = "../../src/template/mod.rs"]
mod template;
#[allow(dead_code, unused_imports)]
#[path = "../../src/tickscript/mod.rs"]
mod tickscript;
#[allow(dead_code, unused_imports)]
#[path = "../../src/webhook/mod.rs"]
mod webhook;

/// A text that TICKscript knows only within texts, names and comments, and that is a URL wherever it stands.
const IN_A_SCRIPT: &str = "§planted5ecret§//";

const IN_AN_ANSWER: &str = "https://h.example/pl4nted/5ecret-with?punct=\"more\"&x='y'";

fuzz_target!(|input: (u8, &str)| {
    let (choice, text) = input;
    match choice {
        0..128 => script(text),
        128.. => answer(choice, text),
    }
});

fn script(text: &str) {
    let script = text.replace('§', IN_A_SCRIPT);
    let key = secret::Key::derived([], ["a key for fuzzing"]);
    let shown = rule::redact_script(&script, &key);
    assert!(!shown.contains(IN_A_SCRIPT), "{shown}");
    no_control(&secret::escaped(&shown));
    let _ = rule::script_secrets(&script);
}

fn answer(choice: u8, text: &str) {
    let planted = form(choice);
    let known = Known::default();
    known.remember([&secret::Secret::new(IN_AN_ANSWER)]);
    for author in [Author::Others, Author::Ourselves] {
        let shown = known.mask(&text.replace('§', &planted), author);
        // What stands before the secret may take its first letters for the rest of an escape.
        let middle = &planted[planted.len() / 3..planted.len() - planted.len() / 3];
        // The fuzzer learns the secret by heart. In our own words only whole ones are masked, not a piece that it wrote.
        let wrote_a_piece = matches!(author, Author::Ourselves) && text.contains(middle);
        let is_planted = text.contains('§') && !wrote_a_piece;
        assert!(!is_planted || !shown.contains(middle), "{author:?}: {middle} is in {shown}");
        no_control(&secret::escaped(&shown));
    }
}

/// The secret in one of the forms in which it comes back.
fn form(choice: u8) -> String {
    let bytes = IN_AN_ANSWER.bytes();
    match choice % 6 {
        0 => IN_AN_ANSWER.to_owned(),
        1 => IN_AN_ANSWER.to_uppercase(),
        2 => bytes.map(|byte| format!("%{byte:02x}")).collect(),
        3 => bytes.map(|byte| format!("\\u{byte:04x}")).collect(),
        4 => bytes.map(|byte| format!("&#{byte};")).collect(),
        _ => bytes.map(|byte| format!("{byte:02X}")).collect(),
    }
}

fn no_control(shown: &str) {
    let control = |character: char| {
        (character.is_control() && !matches!(character, '\n' | '\t'))
            || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
    };
    assert!(!shown.contains(control), "{shown:?}");
}
