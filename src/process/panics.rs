//! Says where a panic happened, and never what it said: a panic's message may hold the data that it panicked on.

use std::panic::PanicHookInfo;
use std::sync::{Mutex, PoisonError};

/// Where this process has panicked so far, as files and lines.
static PLACES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Replaces the default hook, which would print the message to stderr, from where Terraform takes it into its log.
pub(super) fn keep_payloads_secret() {
    std::panic::set_hook(Box::new(|panic| {
        let place = place(panic);
        let report = report(&place);
        remember(place);
        if tracing::enabled!(tracing::Level::ERROR) {
            tracing::error!("{report}");
        } else {
            eprintln!("terraform-provider-squadcast: {report}");
        }
    }));
}

/// The places of all panics so far. Which of them is whose is not known, since a call's work may be spread over threads.
pub(super) fn places() -> String {
    PLACES.lock().unwrap_or_else(PoisonError::into_inner).join(", ")
}

fn remember(place: String) {
    let mut places = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
    if !places.contains(&place) {
        places.push(place);
    }
}

fn place(panic: &PanicHookInfo<'_>) -> String {
    panic.location().map_or_else(
        || "unknown".to_owned(),
        |place| format!("{}:{}", place.file(), place.line()),
    )
}

fn report(place: &str) -> String {
    format!(
        "a call panicked at {place}. This is a bug in the provider, and only this call failed. Please report it, with this \
         line, to the provider's authors. What the panic says is left out, as it may hold a secret."
    )
}
