//! What holds for all resources: schemas, secrets, URLs.

mod echo;
mod schema;
mod url;
