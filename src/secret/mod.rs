//! What is secret, and how it is kept from being shown: the lowest layer, which knows nothing of the others.
//!
//! [`names`] says which names mean that a value is secret, [`mask`] takes known secrets out of text in whatever form they come
//! back, [`Key`] makes fingerprints that show a change and not the text, and [`escaped`] keeps control characters off
//! terminals. [`shown`] is what every diagnostic and every line of the log goes through.

mod escape;
mod key;
mod looks;
pub(crate) mod mask;
pub(crate) mod names;
mod value;
mod view;

pub(crate) use escape::{escaped, escaped_line};
pub(crate) use key::Key;
pub(crate) use looks::looks_secret;
pub use value::{Secret, MASK};

/// A text of this program as it may be shown: without the secrets that the process knows, and without control characters.
pub(crate) fn shown(text: &str) -> String {
    let masked = mask::of_the_process().mask(text, mask::Author::Ourselves);
    escaped(&masked).into_owned()
}
