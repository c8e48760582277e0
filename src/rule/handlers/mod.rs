//! The handlers of Chronograf's rule builder other than `post`: one table says all there is to know of each.

mod handler;
mod kind;
mod option;
mod table;
mod topic;

pub use handler::Handler;
pub use kind::HandlerKind;
pub use option::{Content, Form, HandlerOption, OptionKind, OptionValue};
pub use table::KINDS;
pub use topic::{TopicKind, TopicOption, TopicOptionKind, TOPIC_KINDS};
