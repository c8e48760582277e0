//! What Kapacitor's refusal of a script comes from.

use crate::kapacitor::Error;
use crate::rule::HandlerKind;

/// What to say of a script that Kapacitor refused since it does not know a handler, an option or something else; none of other
/// refusals. A person may have written it, who knows what it should be.
pub(crate) fn explanation(error: &Error) -> Option<String> {
    let words = error.kapacitor_message()?;
    let (_, rest) = words.split_once("no method or property \"")?;
    let (name, _) = rest.split_once('"')?;
    let needed = HandlerKind::named(name).ok().and_then(|kind| kind.since);
    Some(match needed {
        Some(since) => format!("The handler {name} needs Kapacitor {since} or later."),
        None => format!(
            "Kapacitor does not know {name:?} there. See whether it is spelt so and stands behind what has it; if it is right, \
             this version of Kapacitor is older than it."
        ),
    })
}
