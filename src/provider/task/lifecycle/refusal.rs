//! What Kapacitor's refusal of a script comes from.

use crate::kapacitor::Error;
use crate::rule::HandlerKind;

/// What to say of a script that Kapacitor refused since it does not know a handler or an option; none of other refusals.
pub(crate) fn explanation(error: &Error) -> Option<String> {
    let words = error.kapacitor_message()?;
    let (_, rest) = words.split_once("no method or property \"")?;
    let (name, _) = rest.split_once('"')?;
    let needed = HandlerKind::named(name).ok().and_then(|kind| kind.since);
    Some(match needed {
        Some(since) => format!("The handler {name} needs Kapacitor {since} or later."),
        None => format!(
            "This version of Kapacitor does not know {name:?}. The provider is written for version 1.8; see Kapacitor's changelog \
             for the one that it came with."
        ),
    })
}
