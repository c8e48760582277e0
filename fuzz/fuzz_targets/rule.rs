//! Any text: the reader of rules must not panic; what it takes for a rule must mean the same when it is written and read
//! again; and a redacted script must show no webhook.

#![no_main]

use libfuzzer_sys::fuzz_target;

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

fuzz_target!(|script: &str| {
    let redacted = rule::redact_script(script, &key());
    let Ok(read) = rule::Rule::from_tickscript(script) else {
        return;
    };
    for post in &read.definition().posts {
        if let Some(url) = post.url.as_deref().filter(|url| url.len() >= 12) {
            assert!(!redacted.contains(url), "{redacted}");
        }
    }
    let again = rule::Rule::from_tickscript(&read.to_tickscript());
    assert_eq!(again.as_ref(), Ok(&read));
});

fn key() -> secret::Key {
    secret::Key::derived([], ["a key for fuzzing"])
}
