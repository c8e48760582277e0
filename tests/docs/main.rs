//! The pages in docs/ are written from the schema and the examples, and have to be what those give now.
//!
//! `make docs` (or `UPDATE_DOCS=1 cargo test --test docs`) writes them anew.

mod defaults;
mod descriptions;
mod diagnostics;
mod examples;
mod functions;
mod handlers;
mod links;
mod pages;
mod project;
mod schema;
mod served;
mod tables;
mod templates;
mod up_to_date;
mod versions;
