//! Every request of every operation, struck by every fault: the state tells the truth, and the next apply ends where an
//! undisturbed one would.
//!
//! Which requests an operation makes is not written down here: an undisturbed run shows them. The rows are walked by the tests'
//! own Terraform, and one of each fault by the real one.

mod agreement;
mod operations;
mod row;
mod undisturbed;

use self::operations::{operations, Operation, NOWHERE};
use self::row::Row;
use self::undisturbed::{undisturbed, Undisturbed};
use crate::harness::{names_a_lease, Api, Server};
use sandbox::{Fault, HttpPost, KapacitorConf, Kind, Options};
use serde_json::Value;
use std::io::Write as _;
use std::sync::Mutex;

/// Each request is sent once, so that a fault shows, and a server that does not answer, or whose tasks do not follow their
/// template, is given up soon.
const IMPATIENT: &str = "max_retries = 0\n  timeout = 1\n  stop_timeout = 5";

/// How many rows are walked at the same time. Most of them wait.
const WORKERS: usize = 24;

const TEMPLATES: &str = "/kapacitor/v1/templates";

/// The handlers of the topic that has one.
const HANDLERS: &str = "/kapacitor/v1/alerts/topics/ops/handlers";

/// What strikes a request.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Strike {
    /// The port is closed from this request on.
    Refused,
    /// The connection is closed before the server acts.
    Reset,
    /// No answer comes until the provider gives up; the server did nothing.
    Hangs,
    /// The server answers 500, and did nothing.
    Fails,
    /// The server acts, and half of its answer comes.
    Truncated,
    /// The server acts, and its answer is lost.
    Lost,
}

impl Strike {
    const ALL: [Strike; 6] = [
        Strike::Refused,
        Strike::Reset,
        Strike::Hangs,
        Strike::Fails,
        Strike::Truncated,
        Strike::Lost,
    ];

    fn fault(self) -> Fault {
        match self {
            Strike::Refused => Fault::new(Kind::Refuse),
            Strike::Reset => Fault::new(Kind::Drop { acted: false }).times(1),
            Strike::Hangs => Fault::new(Kind::Hang { acted: false }).times(1),
            Strike::Fails => Fault::new(Kind::status(500, "the disk is full")).times(1),
            Strike::Truncated => Fault::new(Kind::Truncate).times(1),
            Strike::Lost => Fault::new(Kind::Drop { acted: true }).times(1),
        }
    }
}

/// The tasks, with what stays the same while they run and the template of each.
fn tasks(api: &Api) -> Vec<Value> {
    let with_template = api.get("/kapacitor/v1/tasks?limit=-1&fields=template-id");
    let templates = with_template["tasks"].as_array().cloned().unwrap_or_default();
    let mut tasks = api.tasks();
    for task in &mut tasks {
        let of_it = templates.iter().find(|other| other["id"] == task["id"]);
        task["template-id"] = of_it.map_or(Value::Null, |other| other["template-id"].clone());
    }
    tasks
}

fn handlers(api: &Api) -> Vec<Value> {
    api.get(HANDLERS)["handlers"].as_array().cloned().unwrap_or_default()
}

/// The templates, without those of a lease.
fn templates(api: &Api) -> Vec<Value> {
    let listed = api.get("/kapacitor/v1/templates?limit=1000&fields=id&fields=type&fields=script");
    let mut templates = listed["templates"].as_array().cloned().unwrap_or_default();
    templates.retain(|template| !template["id"].as_str().is_some_and(names_a_lease));
    templates
}

fn sandbox() -> Option<Server> {
    let options = Options {
        conf: KapacitorConf::declaring([HttpPost::new("squadcast", &format!("{NOWHERE}/from-conf"))]),
        ..Options::default()
    };
    Server::sandbox(options, "it injects faults")
}

fn rows<'a>(known: &'a [(Operation, Undisturbed)]) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    for (operation, undisturbed) in known {
        for (struck, request) in undisturbed.requests.iter().enumerate() {
            for strike in Strike::ALL {
                // A read does nothing on the server, so that these two are one.
                if request.method == "GET" && strike == Strike::Lost {
                    continue;
                }
                rows.push(Row {
                    operation,
                    undisturbed,
                    struck,
                    strike,
                    is_real: false,
                });
            }
        }
    }
    // The last ones are walked first: those that wait until their tasks are given up.
    rows.sort_by_key(|row| {
        let request = &row.undisturbed.requests[row.struck];
        request.method == "PATCH" && request.path.starts_with(TEMPLATES)
    });
    rows
}

/// The operations with these names, each with what an undisturbed run showed of it.
fn known(wanted: impl Fn(&str) -> bool) -> Vec<(Operation, Undisturbed)> {
    let mut operations = operations();
    operations.retain(|operation| wanted(operation.name));
    let known = parallel(operations, |operation| {
        let undisturbed = undisturbed(&operation);
        (operation, undisturbed)
    });
    for (operation, undisturbed) in &known {
        assert!(!undisturbed.requests.is_empty(), "{} makes no request", operation.name);
    }
    known
}

/// Walks the rows, and prints them as a table.
fn walk(rows: &[Row]) {
    // Not by println!, which shows nothing of a test that passes.
    let _ = writeln!(std::io::stderr(), "fault table: {} rows", rows.len());
    let mut walked = parallel(rows.to_vec(), |row| (row.name(), row.walk()));
    walked.sort_by(|one, other| one.0.cmp(&other.0));
    for (name, truth) in &walked {
        println!(
            "{name} | {}",
            truth.as_ref().map_or("WRONG".to_owned(), |truth| format!("{truth:?}"))
        );
    }
    let failed: Vec<String> = walked
        .iter()
        .filter_map(|(name, truth)| Some(format!("{name}: {}", truth.as_ref().err()?)))
        .collect();
    assert!(
        failed.is_empty(),
        "{} rows fail:\n{}",
        failed.len(),
        failed.join("\n\n")
    );
}

#[test]
fn every_request_of_every_operation_survives_every_fault() {
    if sandbox().is_none() {
        return;
    }
    // For work on one operation: a part of its name.
    let only = std::env::var("FAULT_TABLE_ONLY").unwrap_or_default();
    let known = known(|name| name.contains(&only));
    assert!(!known.is_empty(), "no operation's name contains {only:?}");
    walk(&rows(&known));
}

/// One row of each fault, so that what the table proves holds for the real terraform, too.
#[test]
fn each_fault_ends_in_the_same_way_through_terraform() {
    if sandbox().is_none() {
        return;
    }
    let struck = [
        ("create the rule", Strike::Lost),
        ("update the rule", Strike::Reset),
        ("update the endpoint", Strike::Truncated),
        ("destroy the rule", Strike::Hangs),
        ("read the rule", Strike::Refused),
        ("import the rule by its id", Strike::Fails),
    ];
    assert_eq!(struck.len(), Strike::ALL.len());
    let known = known(|name| struck.iter().any(|(operation, _)| *operation == name));
    let mut rows = rows(&known);
    rows.retain(|row| struck.contains(&(row.operation.name, row.strike)));
    // Of each operation the last request, which is struck when most has been done.
    rows.retain(|row| row.struck + 1 == row.undisturbed.requests.len() || row.strike == Strike::Lost);
    rows.dedup_by_key(|row| (row.operation.name, row.strike as u8));
    for row in &mut rows {
        row.is_real = true;
    }
    assert_eq!(rows.len(), struck.len());
    walk(&rows);
}

/// Does the work on some threads, and gives the results in no certain order.
fn parallel<T: Send, R: Send>(work: Vec<T>, job: impl Fn(T) -> R + Sync) -> Vec<R> {
    let work = Mutex::new(work);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| loop {
                let Some(next) = work.lock().unwrap().pop() else {
                    return;
                };
                let result = job(next);
                done.lock().unwrap().push(result);
            });
        }
    });
    done.into_inner().unwrap()
}
