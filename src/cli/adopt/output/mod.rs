//! What is written: HCL, its texts, the README, and the files, all of them or none.

pub(crate) mod files;
pub(crate) mod hcl;
pub(crate) mod readme;
pub(crate) mod text;
