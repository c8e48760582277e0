//! What Terraform keeps of an endpoint: its attributes and what is remembered beside them, and how secrets stay.

pub(crate) mod model;
pub(crate) mod preserve_secrets;
pub(crate) mod private_state;
mod remember;
pub(crate) mod write_only;
