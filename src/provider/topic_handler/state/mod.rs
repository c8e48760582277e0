//! What Terraform keeps of a handler: its attributes and what is remembered beside them.

pub(crate) mod model;
pub(crate) mod private_state;
pub(crate) mod remember;
