//! The requests that read and change tasks.

mod change;
mod list;
mod options;
mod path;
mod read;
mod view;

pub use change::{create, delete, update};
pub use list::list;
pub use options::Options;
pub use path::is_valid_id;
pub use read::read;
pub use view::View;
