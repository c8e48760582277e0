//! What Terraform keeps of a task: its attributes and what is remembered beside them.

pub(crate) mod model;
pub(crate) mod private_state;
pub(crate) mod remember;
pub(crate) mod write_only;
