//! The attribute `handlers`: typed options of each kind in a configuration, and one flat list inside of the provider.

pub(crate) mod block;
pub(crate) mod check;
pub(crate) mod definition;
pub(crate) mod list;
pub(crate) mod names;
mod option;
pub(crate) mod place;
pub(crate) mod typed;

#[cfg(test)]
mod tests;
