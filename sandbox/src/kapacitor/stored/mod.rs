//! What Kapacitor keeps on the disk.

mod database;
mod task;
mod template;
mod user;

pub use database::Database;
pub use task::{Dbrp, Status, Task, TaskType};
pub use template::Template;
pub use user::StoredUser;
