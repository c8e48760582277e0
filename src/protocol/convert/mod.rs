//! Between the framework's types and the messages: schemas, values, diagnostics.

pub(crate) mod diagnostics;
pub(crate) mod dynamic;
pub(crate) mod encoding;
pub(crate) mod schema;
