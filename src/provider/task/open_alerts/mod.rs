//! Alerts that are open when their task changes or goes: what a plan warns of, which recoveries are lost, and which are posted.

pub(crate) mod firing;
pub(crate) mod lost;
pub(crate) mod resolve;
pub(crate) mod webhooks;
