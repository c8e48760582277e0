//! The right to write to a Kapacitor, which only one part of the process has at a time.

use crate::kapacitor::models::{CreateTask, EndpointOption, EndpointOptions, Origin, Task, UpdateTask};
use crate::kapacitor::{Client, Error};

/// The right to write to one Kapacitor; nobody else in this process has it meanwhile, whichever [`Client`] they use.
///
/// Kapacitor hangs for good where tasks are started and stopped at the same time, and loses one of two changes of an
/// endpoint, so there are no writes without this. It also keeps the pause that Kapacitor needs between a start and the next
/// stop. Where a method's future is dropped half-way, its request goes on, and the right stays taken, until it is answered.
pub struct Writes {
    client: Client,
}

impl Writes {
    /// The client, for reads in between.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Creates a task. One that cannot start is an error, yet it stays on the server (see `Task::is_running`).
    ///
    /// Repeating is safe: Kapacitor refuses a second task of the same id, and where the first try's answer was lost
    /// the task that is there is returned if it is the one that was sent.
    pub async fn create_task(&mut self, task: &CreateTask) -> Result<Task, Error> {
        let _ = task;
        todo!()
    }

    /// Changes a task. The answer to a start may still show an old `error`: read the task afresh.
    pub async fn update_task(&mut self, id: &str, change: &UpdateTask) -> Result<Task, Error> {
        let _ = (id, change);
        todo!()
    }

    /// Deletes a task, stopping it first; there need not be one.
    pub async fn delete_task(&mut self, id: &str) -> Result<(), Error> {
        let _ = id;
        todo!()
    }

    /// Sets options of an endpoint, and takes the overrides of others (`reset`) back, in one request.
    pub async fn set_endpoint(
        &mut self,
        name: &str,
        options: &EndpointOptions,
        reset: &[EndpointOption],
    ) -> Result<(), Error> {
        let _ = (name, options, reset);
        todo!()
    }

    /// Adds an endpoint through the API. It never goes live, and there must be none of that name yet: Kapacitor then drops
    /// the connection.
    pub async fn add_endpoint(&mut self, name: &str, options: &EndpointOptions) -> Result<(), Error> {
        let _ = (name, options);
        todo!()
    }

    /// Removes an added endpoint, or all overrides of a declared one; there need not be one.
    pub async fn remove_endpoint(&mut self, name: &str) -> Result<(), Error> {
        let _ = name;
        todo!()
    }

    /// Finds out where an endpoint comes from, by a write that changes nothing.
    pub async fn endpoint_origin(&mut self, name: &str) -> Result<Origin, Error> {
        let _ = name;
        todo!()
    }
}
