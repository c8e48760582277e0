//! Webhooks as Kapacitor posts to them: which URLs and headers its HTTP client, which is Go's, can use.
//!
//! Kapacitor checks neither before an alert fires. It then logs that the post failed, and the alert is lost.

mod header;
mod url;

pub(crate) use header::{check_header_name, check_header_value, repeated_names};
pub(crate) use url::WebhookUrl;

#[cfg(test)]
mod recorded_tests;
