//! Webhooks as Kapacitor posts to them: which URLs and headers its HTTP client, which is Go's, can use.
//!
//! Kapacitor checks neither before an alert fires. It then logs that the post failed, and the alert is lost.

mod header;
mod url;

pub use header::{check_header_name, check_header_value, repeated_names, HeaderError};
pub use url::{Blank, UrlError, WebhookUrl};

#[cfg(test)]
mod recorded_tests;
