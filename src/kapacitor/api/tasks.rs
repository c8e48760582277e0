//! Tasks: `/kapacitor/v1/tasks`.

use crate::kapacitor::models::{ListTasks, Task};
use crate::kapacitor::{Client, Error};

/// Reads tasks.
pub struct Tasks {
    pub(in crate::kapacitor) client: Client,
}

impl Tasks {
    /// The task of this id; `None` where Kapacitor says that there is none.
    pub async fn get(&self, id: &str) -> Result<Option<Task>, Error> {
        let _ = id;
        todo!()
    }

    /// The tasks that match, in the order of their ids, without the graph and the statistics that a single read brings.
    pub async fn list(&self, which: &ListTasks) -> Result<Vec<Task>, Error> {
        let _ = which;
        todo!()
    }

    /// The ids of the tasks that match, in their order.
    pub async fn list_ids(&self, which: &ListTasks) -> Result<Vec<String>, Error> {
        let _ = which;
        todo!()
    }
}
