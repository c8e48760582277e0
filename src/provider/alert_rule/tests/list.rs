//! The list of rules, over a sandbox that has every rule that a Chronograf stored in the recordings.

use crate::kapacitor::models::{CreateTask, Dbrp, Status, TaskType};
use crate::kapacitor::{Client, ClientConfig, KapacitorAuth};
use crate::protocol::{ListResource, Listed, Wanted};
use crate::provider::alert_rule::list::Rules;
use crate::provider::alert_rule::AlertRuleState;
use crate::provider::connection::Connection;
use crate::provider::filter::task_filter::TaskFilter;
use crate::provider::list::List;
use sandbox::{Options, Sandbox};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use tf_provider::value::Value;
use tf_provider::Diagnostics;

/// The recorded rules, as Chronograf's own JSON tells them.
fn recorded() -> Vec<Json> {
    include_str!("../../../../tests/contract/rules/systematic.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<Json>(line).unwrap())
        .filter(|record| record["create_status"] == 201)
        .collect()
}

fn text(value: &Json) -> String {
    value.as_str().unwrap().to_owned()
}

fn sends_to(record: &Json, handler: &str) -> bool {
    record["rule"]["alertNodes"][handler]
        .as_array()
        .is_some_and(|nodes| !nodes.is_empty())
}

/// A server with the recorded rules, of which the first runs, and a task that is no rule.
async fn server(recorded: &[Json]) -> (Sandbox, Connection) {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let client = Client::new(ClientConfig::direct(sandbox.kapacitor_url(), KapacitorAuth::None)).unwrap();
    let task = |id: String, database: &str, script: String, status| CreateTask {
        id,
        task_type: TaskType::Stream,
        dbrps: vec![Dbrp {
            db: database.to_owned(),
            rp: "autogen".to_owned(),
        }],
        script,
        vars: BTreeMap::new(),
        template_id: String::new(),
        status,
        secrets: Vec::new(),
    };
    let mut writes = client.writes().await.unwrap();
    for (place, record) in recorded.iter().enumerate() {
        let database = text(&record["rule"]["query"]["database"]);
        let task = task(
            format!("r{place}"),
            &database,
            text(&record["tickscript"]),
            status(place),
        );
        writes.create_task(&task).await.unwrap();
    }
    let other = "stream|from().measurement('cpu')|httpOut('x')".to_owned();
    writes
        .create_task(&task("other".into(), "telegraf", other, Status::Disabled))
        .await
        .unwrap();
    drop(writes);
    let connection = Connection::default();
    connection.set(Some(client));
    (sandbox, connection)
}

fn status(place: usize) -> Status {
    match place {
        0 => Status::Enabled,
        _ => Status::Disabled,
    }
}

async fn listed(list: &List<Rules>, config: TaskFilter, limit: usize, wanted: Wanted) -> Vec<Listed<AlertRuleState>> {
    let mut diags = Diagnostics::default();
    let listed = list.list(&mut diags, Value::Value(config), limit, wanted).await;
    assert_eq!(diags, Diagnostics::default());
    listed
}

/// The ids of the tasks, sorted.
fn ids(listed: &[Listed<AlertRuleState>]) -> Vec<String> {
    let mut ids: Vec<_> = listed.iter().map(|one| one.identity["task_id"].clone()).collect();
    ids.sort();
    ids
}

fn set(text: &str) -> Value<String> {
    Value::Value(text.to_owned())
}

#[tokio::test]
async fn a_list_holds_the_rules_that_chronograf_itself_says_are_such() {
    let recorded = recorded();
    let (_sandbox, connection) = server(&recorded).await;
    let list = List::<Rules>::new(connection);
    let expected = |is_wanted: &dyn Fn(usize, &Json) -> bool| {
        let places = recorded
            .iter()
            .enumerate()
            .filter(|(place, record)| is_wanted(*place, record));
        let mut ids: Vec<_> = places.map(|(place, _)| format!("r{place}")).collect();
        ids.sort();
        ids
    };
    let all = listed(&list, TaskFilter::default(), usize::MAX, Wanted::Identity).await;
    assert_eq!(ids(&all), expected(&|_, _| true));
    assert!(all.is_sorted_by(|one, other| one.display_name <= other.display_name));
    assert!(all.iter().all(|one| one.state.is_none()));
    for handler in crate::rule::handlers::KINDS
        .iter()
        .map(|kind| kind.name)
        .chain(["post"])
    {
        let config = TaskFilter {
            handler: set(handler),
            ..TaskFilter::default()
        };
        let found = listed(&list, config, usize::MAX, Wanted::Identity).await;
        assert_eq!(
            ids(&found),
            expected(&|_, record| sends_to(record, handler)),
            "{handler}"
        );
    }
    let config = TaskFilter {
        name: set("CPU*"),
        ..TaskFilter::default()
    };
    let found = listed(&list, config, usize::MAX, Wanted::Identity).await;
    assert_eq!(
        ids(&found),
        expected(&|_, record| text(&record["rule"]["name"]).starts_with("CPU"))
    );
    let config = TaskFilter {
        status: set("enabled"),
        ..TaskFilter::default()
    };
    assert_eq!(ids(&listed(&list, config, usize::MAX, Wanted::Identity).await), ["r0"]);
    let config = TaskFilter {
        database: set("nowhere"),
        ..TaskFilter::default()
    };
    assert!(listed(&list, config, usize::MAX, Wanted::Identity).await.is_empty());
    assert_eq!(listed(&list, TaskFilter::default(), 7, Wanted::Identity).await.len(), 7);
}

#[tokio::test]
async fn a_listed_state_is_the_one_of_an_import() {
    let recorded: Vec<_> = recorded()
        .into_iter()
        .filter(|record| sends_to(record, "slack"))
        .collect();
    let (_sandbox, connection) = server(&recorded).await;
    let list = List::<Rules>::new(connection.clone());
    let resource = crate::provider::alert_rule::AlertRuleResource::new(connection);
    for one in listed(&list, TaskFilter::default(), usize::MAX, Wanted::State).await {
        let mut diags = Diagnostics::default();
        let id = one.identity["task_id"].clone();
        let imported = tf_provider::Resource::import(&resource, &mut diags, id).await;
        let (mut state, mut imported) = (one.state.unwrap(), imported.unwrap().0);
        // Each read makes a key of its own for them.
        state.task.tickscript = Value::Null;
        imported.task.tickscript = Value::Null;
        assert_eq!(state, imported);
    }
}

#[tokio::test]
async fn a_list_of_what_does_not_exist_is_an_error() {
    let list = List::<Rules>::new(Connection::default());
    for (config, words) in [
        (
            TaskFilter {
                status: set("asleep"),
                ..TaskFilter::default()
            },
            "\"enabled\" or \"disabled\"",
        ),
        (
            TaskFilter {
                handler: set("slak"),
                ..TaskFilter::default()
            },
            "\"slack\"",
        ),
    ] {
        let mut diags = Diagnostics::default();
        list.validate(&mut diags, Value::Value(config)).await;
        assert!(diags.errors[0].detail.contains(words), "{diags:?}");
    }
    let mut diags = Diagnostics::default();
    let listed = list.list(&mut diags, Value::Null, 9, Wanted::State).await;
    assert!(listed.is_empty() && diags.errors.len() == 1);
}
