//! The configuration API: what kapacitor.conf says, overrides of it that are set through the API, and what they make together.

mod handlers;
mod httppost;
mod overrides;
mod sections;
mod update;

pub use handlers::{get, post};
pub use httppost::{parse_template, template_of, Config};
pub use overrides::{declared, resolve, Override};
