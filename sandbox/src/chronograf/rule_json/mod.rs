//! Rules as Chronograf's API shows them, and back. It reads them from the scripts of tasks and stores nothing itself.

mod script;
#[cfg(test)]
mod tests;
mod view;
mod words;

pub use script::script;
pub use view::view;
