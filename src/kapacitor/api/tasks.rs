//! Tasks: `/kapacitor/v1/tasks`.

use std::collections::{BTreeSet, HashMap};

use serde::Deserialize;

use crate::kapacitor::client::Client;
use crate::kapacitor::error::Error;
use crate::kapacitor::error::ErrorKind;
use crate::kapacitor::models::{CreateTask, ListTasks, Task};
use crate::kapacitor::transport::outage::Subject;
use crate::kapacitor::transport::request::{segment, Request, TASKS};

/// The fields of a [`Task`]. The graph and the statistics, which are most of the bytes, are left out.
const FIELDS: [&str; 8] = ["id", "type", "dbrps", "script", "vars", "status", "executing", "error"];

/// A field of a [`Task`] that lists know from Kapacitor 1.6.2 on. An earlier one refuses the whole list.
const TEMPLATE_ID: &str = "template-id";

/// Reads tasks.
pub struct Tasks {
    pub(in crate::kapacitor) client: Client,
}

#[derive(Deserialize)]
struct TaskList<T> {
    tasks: Vec<T>,
}

#[derive(Deserialize)]
struct OnlyId {
    id: String,
}

#[derive(Deserialize)]
struct OnlyGraph {
    id: String,
    dot: String,
}

impl Client {
    /// Reads tasks.
    pub fn tasks(&self) -> Tasks {
        Tasks { client: self.clone() }
    }
}

impl Tasks {
    /// The task of this id; `None` where Kapacitor says that there is none. [`Tasks::find`] costs it far less.
    pub async fn get(&self, id: &str) -> Result<Option<Task>, Error> {
        self.read(self.by_path(id)?).await
    }

    /// The task of this id; `None` if there is none. It comes as a list of one, which takes Kapacitor a fifteenth of the time:
    /// a read by path brings the graph and the statistics too.
    pub async fn find(&self, id: &str) -> Result<Option<Task>, Error> {
        let by_path = self.by_path(id)?;
        // There, a list does not show templates, and no task must pass for one without.
        if !self.client.lists_template_ids() {
            return self.read(by_path).await;
        }
        let tasks = self.list(&only(id)).await?;
        if !self.client.lists_template_ids() {
            return self.read(by_path).await;
        }
        Ok(tasks.into_iter().find(|task| task.id == id))
    }

    /// The same for who has just written the task: looks that come together are served from one list, which is never older
    /// than the newest write to the task in this process.
    pub async fn find_coalesced(&self, id: &str) -> Result<Option<Task>, Error> {
        self.coalesced(id).await
    }

    /// The same for a refresh of many tasks: reads that come together are served from one list, which is never older than
    /// the newest write to the task in this process, nor than a minute. A server that does not answer is asked a few times for
    /// all, and one error speaks for all ([`Error::is_spoken_for`]).
    pub async fn refresh(&self, id: &str) -> Result<Option<Task>, Error> {
        self.refresh_as(Subject::Task, id).await
    }

    /// The same for the task of a rule, which an error counts as one.
    pub async fn refresh_rule(&self, id: &str) -> Result<Option<Task>, Error> {
        self.refresh_as(Subject::Rule, id).await
    }

    async fn refresh_as(&self, subject: Subject, id: &str) -> Result<Option<Task>, Error> {
        let outage = self.client.connection().outage();
        outage.ask_among_many(subject, self.coalesced(id)).await
    }

    /// The same for the plans of many tasks, none of which reports an error: a look that spoke for others would keep theirs
    /// silent.
    pub async fn look(&self, id: &str) -> Result<Option<Task>, Error> {
        self.client.connection().outage().ask(self.coalesced(id)).await
    }

    /// All tasks, in the order of their ids, out of the list that serves a refresh of many: never older than the newest write
    /// to any task in this process, nor than a minute.
    pub async fn all(&self) -> Result<Vec<Task>, Error> {
        let tasks = self.client.task_reads().read_all(|| self.by_id());
        let mut tasks = self.client.connection().outage().ask(tasks).await?;
        tasks.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(tasks)
    }

    async fn by_id(&self) -> Result<HashMap<String, Task>, Error> {
        let tasks = self.list(&ListTasks::default()).await?;
        Ok(tasks.into_iter().map(|task| (task.id.clone(), task)).collect())
    }

    async fn coalesced(&self, id: &str) -> Result<Option<Task>, Error> {
        let reads = self.client.task_reads();
        match reads.read(id, || self.find(id), || self.by_id()).await {
            // Together they are longer than any answer that is read, though each of them may be short enough.
            Err(error) if matches!(error.kind(), ErrorKind::TooLong { .. }) => {
                reads.do_without_lists();
                self.find(id).await
            }
            result => result,
        }
    }

    /// The tasks that match, in the order of their ids, without the graph and the statistics that a single read brings.
    pub async fn list(&self, which: &ListTasks) -> Result<Vec<Task>, Error> {
        let request = FIELDS
            .iter()
            .fold(query(which), |request, field| request.with("fields", field));
        if !self.client.lists_template_ids() {
            return self.listed(&request).await;
        }
        match self.listed(&request.clone().with("fields", TEMPLATE_ID)).await {
            Err(error) if says_unsupported(&error, TEMPLATE_ID) => {
                self.client.note_no_template_ids();
                self.listed(&request).await
            }
            listed => listed,
        }
    }

    /// All tasks, afresh, each with the template that it is made from. A Kapacitor whose lists do not show templates is asked
    /// for each task by itself.
    pub async fn list_with_templates(&self) -> Result<Vec<Task>, Error> {
        let tasks = self.list(&ListTasks::default()).await?;
        if self.client.lists_template_ids() {
            return Ok(tasks);
        }
        let mut read = Vec::with_capacity(tasks.len());
        for task in tasks {
            read.extend(self.get(&task.id).await?);
        }
        Ok(read)
    }

    async fn listed(&self, request: &Request) -> Result<Vec<Task>, Error> {
        let connection = self.client.connection();
        let list = || connection.json::<TaskList<Task>>(request);
        let list = self.client.past_stalls(list).await?;
        Ok(list.tasks.into_iter().map(|task| connection.told(task)).collect())
    }

    /// The ids of the tasks that match, in their order.
    pub async fn list_ids(&self, which: &ListTasks) -> Result<Vec<String>, Error> {
        let request = query(which).with("fields", "id");
        let list = self.client.connection().json::<TaskList<OnlyId>>(&request).await?;
        Ok(list.tasks.into_iter().map(|task| task.id).collect())
    }

    /// The topics of the task's own alerts, whether it runs or not; none if the task does not exist.
    pub async fn topics(&self, id: &str) -> Result<Vec<String>, Error> {
        let request = query(&only(id)).with("fields", "dot");
        let list = || self.client.connection().json::<TaskList<OnlyGraph>>(&request);
        let tasks = self.client.past_stalls(list).await?.tasks;
        let graph = tasks.into_iter().find(|task| task.id == id).map(|task| task.dot);
        Ok(alert_nodes(&graph.unwrap_or_default())
            .into_iter()
            .map(|node| format!("main:{id}:{node}"))
            .collect())
    }

    /// The task that `sent` describes, if the one of its id is just that. The script is compared as it was sent, which only a
    /// raw read shows.
    pub(in crate::kapacitor) async fn get_if_sent(&self, sent: &CreateTask) -> Result<Option<Task>, Error> {
        let Some(raw) = self.read(self.by_path(&sent.id)?.with("script-format", "raw")).await? else {
            return Ok(None);
        };
        if raw.script != sent.script || raw.dbrps != sent.dbrps || raw.status != sent.status {
            return Ok(None);
        }
        self.get(&sent.id).await
    }

    fn by_path(&self, id: &str) -> Result<Request, Error> {
        let segment = segment("id of a task", id).map_err(|error| {
            self.client
                .connection()
                .error(&Request::get(TASKS), ErrorKind::Setup(error))
        })?;
        Ok(Request::get(&format!("{TASKS}/{segment}")))
    }

    async fn read(&self, request: Request) -> Result<Option<Task>, Error> {
        let read = || self.client.connection().json(&request);
        match self.client.past_stalls(read).await {
            Ok(task) => Ok(Some(self.client.connection().told(task))),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The task of this id and no other. No id has characters that mean something in a pattern, but somebody may ask for one.
///
/// With a limit of one Kapacitor stops at the task (0.4 ms); without a limit it looks at every task that it has (30 to 70 ms
/// where there are a thousand).
fn only(id: &str) -> ListTasks {
    let is_special = |c: char| "*?[\\".contains(c);
    let escaped = id
        .chars()
        .flat_map(|c| is_special(c).then_some('\\').into_iter().chain([c]));
    ListTasks {
        pattern: Some(escaped.collect()),
        limit: Some(1),
        ..ListTasks::default()
    }
}

/// The names of the alert nodes of a task's graph, as Kapacitor draws it: `from1 -> alert2;`.
fn alert_nodes(dot: &str) -> BTreeSet<&str> {
    let body = dot.split_once('{').map_or("", |(_, body)| body);
    let names = body.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    names
        .filter(|name| {
            name.strip_prefix("alert")
                .is_some_and(|number| !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()))
        })
        .collect()
}

fn says_unsupported(error: &Error, field: &str) -> bool {
    error
        .kapacitor_message()
        .is_some_and(|words| words.contains(&format!("unsupported field {field:?}")))
}

/// Without a limit Kapacitor stops at 100 tasks and does not say so; -1 means all of them.
fn query(which: &ListTasks) -> Request {
    let limit = which.limit.map_or_else(|| "-1".to_owned(), |limit| limit.to_string());
    let mut request = Request::get(TASKS).with("limit", &limit);
    if which.offset > 0 {
        request = request.with("offset", &which.offset.to_string());
    }
    match &which.pattern {
        Some(pattern) => request.with("pattern", pattern),
        None => request,
    }
}

#[cfg(test)]
mod tests {
    use super::alert_nodes;

    #[test]
    fn a_graph_names_its_alerts() {
        let dot =
            "digraph alert9 {\nstream0 -> from1;\nfrom1 -> alert3;\nfrom1 -> alert12;\nalert12 -> influxdb_out13;\n}";
        assert_eq!(Vec::from_iter(alert_nodes(dot)), ["alert12", "alert3"]);
        assert!(alert_nodes("digraph t { stream0 -> alerts; stream0 -> alert; stream0 -> eval_alert2; }").is_empty());
    }
}
