//! What Terraform keeps of a rule: its attributes and what is remembered beside them, and how secrets stay and blocks are matched.

mod from_rule;
mod hide;
pub(crate) mod model;
pub(crate) mod post;
pub(crate) mod preserve;
pub(crate) mod private_state;
pub(crate) mod read_blocks;
mod remember;
pub(crate) mod write_only;
pub(crate) mod write_only_memory;
