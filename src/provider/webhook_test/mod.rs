//! `squadcast_kapacitor_webhook_test`: makes Kapacitor itself send a test post to a webhook, as a data source and as an action.

mod action;
mod data_source;
mod test_post;

pub use self::action::WebhookTestAction;
pub use self::data_source::{WebhookTest, WebhookTestState, DESCRIPTION};
pub use self::test_post::attributes;
