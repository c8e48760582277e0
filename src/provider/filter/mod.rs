//! Which objects a list is to have.

pub(crate) mod task_filter;
pub(crate) mod wildcard;
