//! What Kapacitor's API takes and gives, one module per object.

mod feature;
mod httppost;
mod level;
mod replay;
mod service_test;
mod task;
mod template;
mod topic;
mod topic_handler;
mod version;

pub use feature::Feature;
pub use httppost::{BasicAuth, Endpoint, EndpointOption, EndpointOptions, Origin};
pub use level::Level;
pub use replay::{NewRecording, NewReplay, Progress, Run};
pub use service_test::{HttpPostTest, TestOutcome};
pub use task::{CreateTask, Dbrp, ListTasks, Status, Task, TaskType, UpdateTask, Vars};
pub use template::{NewTemplate, Template};
pub use topic::{Event, EventState, Topic};
pub use topic_handler::TopicHandler;
pub use version::Version;

pub(in crate::kapacitor) use httppost::{Element, Section};
