//! `squadcast_kapacitor_webhook_test`: makes Kapacitor itself send a test post to a webhook, as a data source and as an action.

mod action;
mod data_source;
mod test_post;

pub(super) use self::action::WebhookTestAction;
pub(super) use self::data_source::WebhookTest;
#[cfg(test)]
pub(super) use self::data_source::WebhookTestState;
#[cfg(test)]
pub(super) use self::test_post::attributes;
