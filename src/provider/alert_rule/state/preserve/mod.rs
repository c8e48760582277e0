//! How a secret that a configuration leaves out stays with what it was set for.

pub(crate) mod former;
pub(crate) mod match_posts;
pub(crate) mod matching;
pub(crate) mod preserve_secrets;
