//! Small parts of Go's standard library that Kapacitor's behaviour shows through its API.

pub mod duration;
pub mod path;
pub mod quote;
pub mod template;
pub mod time;
pub mod url;
mod url_escape;
