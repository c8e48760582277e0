//! Any text: the parser must not panic, and what it takes must read back from what is printed, but for what is named as
//! unstable, and for nothing else.

#![no_main]

use libfuzzer_sys::fuzz_target;

// The source itself and not the library: it is all that is to be instrumented, and builds in seconds.
#[allow(dead_code, unused_imports)]
#[path = "../../src/tickscript/mod.rs"]
mod tickscript;

fuzz_target!(|script: &str| {
    let program = match tickscript::parse(script) {
        Ok(program) => program,
        Err(error) => {
            assert!(script.is_char_boundary(error.position().offset));
            assert!(error.to_string().ends_with('^'));
            return;
        }
    };
    let printed = program.to_string();
    let again = tickscript::parse(&printed);
    assert_eq!(program.instability().is_none(), again.as_ref() == Ok(&program), "printed as {printed:?}");
    let normalised = program.normalised();
    assert_eq!(normalised.clone().normalised(), normalised);
});
