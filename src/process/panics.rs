//! Says where a panic happened, and never what it said: a panic's message may hold the data that it panicked on.

use std::panic::PanicHookInfo;

/// Replaces the default hook, which would print the message to stderr, from where Terraform takes it into its log.
pub fn keep_payloads_secret() {
    std::panic::set_hook(Box::new(|panic| {
        let report = report(panic);
        if tracing::enabled!(tracing::Level::ERROR) {
            tracing::error!("{report}");
        } else {
            eprintln!("terraform-provider-squadcast: {report}");
        }
    }));
}

fn report(panic: &PanicHookInfo<'_>) -> String {
    let place = panic
        .location()
        .map_or("an unknown place".to_owned(), ToString::to_string);
    format!(
        "a call panicked at {place}. This is a bug in the provider, and only this call failed. Please report it, with this \
         line, to the provider's authors. What the panic says is left out, as it may hold a secret."
    )
}
