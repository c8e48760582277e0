//! What Terraform keeps of a rule: its attributes and what is remembered beside them, and how secrets stay and blocks are matched.

pub(crate) mod matching;
pub(crate) mod model;
pub(crate) mod preserve_secrets;
pub(crate) mod private_state;
pub(crate) mod read_blocks;
pub(crate) mod write_only;
pub(crate) mod write_only_memory;
