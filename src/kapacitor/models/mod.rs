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

pub(crate) use feature::Feature;
pub(crate) use httppost::{BasicAuth, Endpoint, EndpointOption, EndpointOptions, Origin};
pub(crate) use level::Level;
pub(crate) use replay::{NewRecording, NewReplay, Progress, Run};
pub(crate) use service_test::{HttpPostTest, TestOutcome};
pub(crate) use task::{CreateTask, Dbrp, ListTasks, Status, Task, TaskType, UpdateTask, Vars};
pub(crate) use template::{NewTemplate, Template};
pub(crate) use topic::{Event, Topic};
pub(crate) use topic_handler::TopicHandler;
pub(crate) use version::Version;

pub(in crate::kapacitor) use httppost::{Element, Section};
