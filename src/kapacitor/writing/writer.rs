//! The right to write to a Kapacitor, which only one part of the process has at a time, and all writes.

mod replays;
mod templates;
mod topics;

use std::future::Future;
use std::sync::Arc;

use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::kapacitor::client::Client;
use crate::kapacitor::error::Error;
use crate::kapacitor::error::{ErrorKind, RequestLine, SetupError};
use crate::kapacitor::models::{CreateTask, EndpointOption, EndpointOptions, Origin, Status, Task, UpdateTask};
use crate::kapacitor::transport::request::{segment, Idempotency, Request};
use crate::kapacitor::transport::request::{HTTPPOST, TASKS};
use crate::kapacitor::writing::sequence::to_the_end;
use crate::kapacitor::writing::write_queue::{Effect, WriteGuard};
use crate::secret::Secret;

/// The right to write to one Kapacitor; nobody else has it meanwhile, neither in this process, whichever [`Client`] they use,
/// nor on another machine.
///
/// Kapacitor hangs for good where tasks are started and stopped at the same time, and loses one of two changes of an
/// endpoint, so there are no writes without this. It also keeps the pause that Kapacitor needs between a start and the next
/// stop. Where a method's future is dropped half-way, its request goes on, and the right stays taken, until it is answered.
///
/// Each method says whether its request is repeated where nobody knows what became of it.
#[derive(Debug)]
pub struct Writer {
    client: Client,
    /// Shared with the request that is under way, so that the right outlives a caller who goes away.
    guard: Arc<Mutex<WriteGuard>>,
}

impl Client {
    /// Waits until nobody else writes to the same Kapacitor, neither in this process nor on another machine, and keeps it so
    /// while the result lives.
    ///
    /// All writes are methods of [`Writer`]. Hold it over requests that belong together (disable, enable, read), and no
    /// longer. Asking for a second one while holding the first waits for ever.
    ///
    /// Fails if Kapacitor cannot be asked for the lease, if somebody else keeps it for longer than [`LeaseTerms::wait`](crate::kapacitor::LeaseTerms::wait), or if
    /// the server did not answer a moment ago: nothing is begun then.
    pub async fn writes(&self) -> Result<Writer, Error> {
        let refused = || self.refusal().map_or(Ok(()), Err);
        refused()?;
        let writes = self.writes_to_go_on().await?;
        // Others may have found out while this one waited.
        refused()?;
        Ok(writes)
    }

    /// The same for the rest of what was begun, which is tried whatever became of other requests.
    pub async fn writes_to_go_on(&self) -> Result<Writer, Error> {
        let guard = WriteGuard::wait_for(self, self.key().await?).await?;
        Ok(Writer::new(self.clone(), guard))
    }

    /// [`Writer::endpoint_origin`] for who does not write: it changes nothing, so that it takes no lease, and a plan leaves no
    /// trace on the server. Only this process is kept from writing meanwhile.
    pub async fn endpoint_origin(&self, name: &str) -> Result<Origin, Error> {
        let guard = WriteGuard::within_this_process(self.key().await?).await;
        Writer::new(self.clone(), guard).endpoint_origin(name).await
    }

    /// Does `steps` with the right to write, to the end, even where the caller goes away in the middle: for sequences that
    /// must not be cut, such as the disabling and enabling of a task.
    pub async fn uninterrupted<F, Fut, T, E>(&self, steps: F) -> Result<T, E>
    where
        F: FnOnce(Writer) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let steps = steps(self.writes().await?);
        match to_the_end(steps).await {
            Some(result) => result,
            None => Err(self.interrupted("several requests").into()),
        }
    }

    fn interrupted(&self, what: &str) -> Error {
        let line = RequestLine {
            method: "WRITE",
            path: what.to_owned(),
        };
        Error::new(line, self.connection().server(), ErrorKind::Interrupted)
    }
}

impl Writer {
    pub(in crate::kapacitor) fn new(client: Client, guard: WriteGuard) -> Self {
        Writer {
            client,
            guard: Arc::new(Mutex::new(guard)),
        }
    }

    /// The client, for reads in between.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Creates a task. One that cannot start is an error, yet it stays on the server (see [`Task::is_running`]).
    ///
    /// Repeated: Kapacitor refuses a second task of the same id. Where it does so after a try whose answer was lost, the task
    /// that is there is returned if it is the one that was sent; whether it runs, only its fields tell.
    pub async fn create_task(&mut self, task: &CreateTask) -> Result<Task, Error> {
        let request = Request::write(Method::POST, TASKS, Idempotency::Idempotent);
        let request = self.with_json(request, task, task.secrets.clone())?;
        let effect = match task.status {
            Status::Enabled => Effect::Starts,
            Status::Disabled => Effect::None,
        };
        let (client, task) = (self.client.clone(), task.clone());
        self.take_turn(effect, Object::Task(task.id.clone()), async move {
            let delivery = client.connection().deliver(&request).await;
            match delivery.result {
                Ok(answer) => {
                    let task = client.connection().read_json(&request, &answer)?;
                    Ok(client.connection().told(task))
                }
                Err(error) if delivery.earlier_try_may_have_acted && error.says_it_exists() => {
                    client.tasks().get_if_sent(&task).await?.ok_or(error)
                }
                Err(error) => Err(error),
            }
        })
        .await
    }

    /// Changes a task. The answer to a start may still show an old `error`: read the task afresh.
    ///
    /// Repeated: every field is set to a value of its own, whatever it was, and a second start or stop does nothing. Only a
    /// change of the id is not: the second try would find no task under the old one.
    pub async fn update_task(&mut self, id: &str, change: &UpdateTask) -> Result<Task, Error> {
        let idempotency = match change.id {
            Some(_) => Idempotency::NotIdempotent,
            None => Idempotency::Idempotent,
        };
        let request = Request::write(Method::PATCH, &self.task_path(id)?, idempotency);
        let request = self.with_json(request, change, change.secrets.clone())?;
        let client = self.client.clone();
        self.take_turn(effect_of(change.status), Object::Task(id.to_owned()), async move {
            let task = client.connection().json(&request).await?;
            Ok(client.connection().told(task))
        })
        .await
    }

    /// Deletes a task, stopping it first; there need not be one.
    ///
    /// Repeated: the deletion of a task that is gone is answered like the first.
    pub async fn delete_task(&mut self, id: &str) -> Result<(), Error> {
        let request = Request::write(Method::DELETE, &self.task_path(id)?, Idempotency::Idempotent);
        self.done(Effect::Stops, Object::Task(id.to_owned()), request).await
    }

    /// Sets options of an endpoint, and takes the overrides of others (`reset`) back, in one request.
    ///
    /// Repeated: options get a value of their own, whatever they were, and a reset option can be reset again.
    pub async fn set_endpoint(
        &mut self,
        name: &str,
        options: &EndpointOptions,
        reset: &[EndpointOption],
    ) -> Result<(), Error> {
        let request = Request::write(Method::POST, &self.endpoint_path(name)?, Idempotency::Idempotent);
        let body = json!({ "set": options, "delete": reset });
        let request = self.with_json(request, &body, options.secrets())?;
        self.done(Effect::None, Object::Endpoint(name.to_owned()), request)
            .await
    }

    /// Adds an endpoint through the API. It never goes live, and there must be none of that name yet: Kapacitor then drops
    /// the connection.
    ///
    /// Not repeated, for that reason, unless the first try surely had no effect.
    pub async fn add_endpoint(&mut self, name: &str, options: &EndpointOptions) -> Result<(), Error> {
        self.endpoint_path(name)?;
        let request = Request::write(Method::POST, HTTPPOST, Idempotency::NotIdempotent);
        let mut element = json!(options);
        element["endpoint"] = json!(name);
        let request = self.with_json(request, &json!({ "add": element }), options.secrets())?;
        self.done(Effect::None, Object::Endpoint(name.to_owned()), request)
            .await
    }

    /// Removes an added endpoint, or all overrides of a declared one; there need not be one.
    ///
    /// Repeated: what is removed can be removed again.
    pub async fn remove_endpoint(&mut self, name: &str) -> Result<(), Error> {
        self.endpoint_path(name)?;
        let request = Request::write(Method::POST, HTTPPOST, Idempotency::Idempotent);
        let request = self.with_json(request, &json!({ "remove": [name] }), vec![])?;
        self.done(Effect::None, Object::Endpoint(name.to_owned()), request)
            .await
    }

    /// Finds out where an endpoint comes from, by setting its name to what it is: Kapacitor refuses that for a declared one,
    /// and changes nothing for an added one.
    ///
    /// Repeated, as it changes nothing.
    pub async fn endpoint_origin(&mut self, name: &str) -> Result<Origin, Error> {
        let request = Request::write(Method::POST, &self.endpoint_path(name)?, Idempotency::Idempotent);
        let request = self.with_json(request, &json!({ "set": { "endpoint": name } }), vec![])?;
        match self.done(Effect::None, Object::None, request).await {
            Ok(()) => Ok(Origin::Added),
            Err(error) => origin_by_refusal(&error).ok_or(error),
        }
    }

    /// Sends a write whose answer shows what came of it.
    async fn shown<T: DeserializeOwned + Send + 'static>(
        &self,
        effect: Effect,
        object: Object,
        request: Request,
    ) -> Result<T, Error> {
        let client = self.client.clone();
        self.take_turn(effect, object, async move { client.connection().json(&request).await })
            .await
    }

    /// Sends a write whose answer says only that it was done.
    async fn done(&self, effect: Effect, object: Object, request: Request) -> Result<(), Error> {
        let client = self.client.clone();
        self.take_turn(effect, object, async move {
            client.connection().no_content(&request).await.map(drop)
        })
        .await
    }

    /// Does `write` at the right moment, and to its end.
    async fn take_turn<T: Send + 'static>(
        &self,
        effect: Effect,
        object: Object,
        write: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        let (guard, client) = (self.guard.clone(), self.client.clone());
        let result = to_the_end(async move {
            let mut guard = guard.lock_owned().await;
            guard.keep(&client).await?;
            guard.before(effect).await;
            object.note_write(&client);
            let (began, round) = (Instant::now(), client.connection().outage().round());
            let result = object.past_stall(&client, began, write.await).await;
            if result.as_ref().is_err_and(Error::is_timeout) {
                client.connection().outage().note(round, &result);
            }
            object.note_write(&client);
            guard.after(effect);
            result
        });
        result
            .await
            .unwrap_or_else(|| Err(self.client.interrupted("one request")))
    }

    fn task_path(&self, id: &str) -> Result<String, Error> {
        let segment = segment("id of a task", id).map_err(|error| self.refused(TASKS, error))?;
        Ok(format!("{TASKS}/{segment}"))
    }

    fn endpoint_path(&self, name: &str) -> Result<String, Error> {
        let segment = segment("name of an endpoint", name).map_err(|error| self.refused(HTTPPOST, error))?;
        Ok(format!("{HTTPPOST}/{segment}"))
    }

    fn with_json(
        &self,
        request: Request,
        body: &impl serde::Serialize,
        secrets: Vec<Secret>,
    ) -> Result<Request, Error> {
        let line = request.line();
        request
            .json(body, secrets)
            .map_err(|error| Error::new(line, self.client.connection().server(), ErrorKind::Setup(error)))
    }

    fn refused(&self, path: &str, error: SetupError) -> Error {
        let request = Request::write(Method::POST, path, Idempotency::Idempotent);
        self.client.connection().error(&request, ErrorKind::Setup(error))
    }
}

/// What a write changes, so that reads which share requests serve nothing older.
enum Object {
    None,
    Task(String),
    Endpoint(String),
    /// A template, whose change is one of all tasks that are made from it.
    Template(String),
    /// A topic and the id of one of its handlers.
    Handler(String, String),
}

impl Object {
    fn handler(topic: &str, id: &str) -> Self {
        Object::Handler(topic.to_owned(), id.to_owned())
    }

    fn note_write(&self, client: &Client) {
        match self {
            Object::None => {}
            Object::Task(id) => client.task_reads().written(id),
            Object::Endpoint(name) => client.endpoint_reads().written(name),
            Object::Template(id) => {
                client.template_reads().written(id);
                client.task_reads().any_written();
            }
            Object::Handler(topic, id) => client.handler_reads().of(topic).written(id),
        }
    }

    /// The result of a write that began then. One about a task that got no answer may be waiting for a webhook, and Kapacitor
    /// is waited for before anything else is asked of it. The write is not repeated: what it did only a look tells.
    async fn past_stall<T>(&self, client: &Client, began: Instant, result: Result<T, Error>) -> Result<T, Error> {
        match (self, result) {
            (Object::Task(_) | Object::Template(_), Err(error)) if error.is_timeout() => {
                Err(error.with_stall(client.wait_for_end_of_stall(began).await))
            }
            (_, result) => result,
        }
    }
}

/// What a status that is set does to a running task. A change without one leaves the running pipeline alone.
fn effect_of(status: Option<Status>) -> Effect {
    match status {
        Some(Status::Enabled) => Effect::Starts,
        Some(Status::Disabled) => Effect::Stops,
        None => Effect::None,
    }
}

fn origin_by_refusal(error: &Error) -> Option<Origin> {
    let message = error.kapacitor_message().filter(|_| error.status() == Some(400))?;
    if message.contains("cannot override element key") {
        return Some(Origin::Declared);
    }
    message
        .contains("unknown options [endpoint]")
        .then_some(Origin::Missing)
}
