//! `resolve_on_destroy` over the sandbox: which open alerts it finds, and where it posts their recoveries.

use crate::kapacitor::models::{CreateTask, Dbrp, Status, TaskType};
use crate::kapacitor::{Client, ClientConfig, KapacitorAuth};
use crate::provider::task::open_alerts::resolve::{resolve, Resolution};
use crate::rule::Post;
use sandbox::{HttpPost, KapacitorConf, Options, Sandbox};
use std::collections::BTreeMap;

const ID: &str = "rule";

/// A sandbox whose kapacitor.conf declares an endpoint of this name, which posts to `/from-conf` of the sandbox's receiver.
fn sandbox_declaring(endpoint: &str) -> Sandbox {
    let start = |conf| {
        let options = Options {
            conf,
            ..Options::default()
        };
        Sandbox::start_blocking(options).unwrap()
    };
    let sandbox = start(KapacitorConf::default());
    let url = format!("{}/from-conf", sandbox.receiver_url());
    sandbox
        .restart_blocking(KapacitorConf::declaring([HttpPost::new(endpoint, &url)]))
        .unwrap();
    sandbox
}

/// Runs a task that fires with the alert's id, resolves it, and says where recoveries arrived.
fn recoveries(sandbox: &Sandbox, id_template: &str, post: Post) -> Vec<(String, Option<String>)> {
    let client = Client::new(ClientConfig::direct(sandbox.kapacitor_url(), KapacitorAuth::None)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let url = post.url.iter().map(|url| format!("'{url}'")).collect::<String>();
        let endpoint = post.endpoint.iter().map(|name| format!(".endpoint('{name}')")).collect::<String>();
        let script = format!(
            "stream|from().measurement('cpu')|alert().crit(lambda: \"value\" > 90).id('{id_template}').stateChangesOnly().post({url}){endpoint}"
        );
        let task = CreateTask {
            id: ID.to_owned(),
            task_type: TaskType::Stream,
            dbrps: vec![Dbrp { db: "telegraf".into(), rp: "autogen".into() }],
            script,
            vars: BTreeMap::new(),
            template_id: String::new(),
            status: Status::Enabled,
            secrets: Vec::new(),
        };
        client.writes().await.unwrap().create_task(&task).await.unwrap();
        let write = format!("{}/kapacitor/v1/write?db=telegraf&rp=autogen&precision=s", sandbox.kapacitor_url());
        let body = "cpu value=95 1000000000";
        reqwest::Client::new().post(write).body(body).send().await.unwrap();
        sandbox.receiver().wait_for(|post| post.level() == Some("CRITICAL")).await.unwrap();
        let posts = Ok(vec![post]);
        let resolution = client.uninterrupted(|writes| resolve(writes, ID.to_owned(), posts)).await;
        assert_eq!(resolution.map_err(|failure| failure.detail), Ok(Resolution::Resolved));
    });
    let recoveries = sandbox
        .receiver()
        .posts()
        .into_iter()
        .filter(|post| post.level() == Some("OK"));
    recoveries.map(|post| (post.path.clone(), post.alert_id())).collect()
}

fn post(url: Option<String>, endpoint: Option<&str>) -> Post {
    Post {
        url,
        endpoint: endpoint.map(str::to_owned),
        headers: BTreeMap::new(),
    }
}

/// For years the official example, and a name that Kapacitor's API cannot address.
#[test]
fn the_endpoint_api_alert_gets_the_recovery() {
    let sandbox = sandbox_declaring("api/alert");
    let arrived = recoveries(&sandbox, "cpu", post(None, Some("api/alert")));
    assert_eq!(arrived, [("/from-conf".to_owned(), Some("cpu".to_owned()))]);
}

/// Nothing tells whether such an endpoint is live, so that the URL beside it gets the recovery, too.
#[test]
fn the_url_beside_the_endpoint_api_alert_gets_the_recovery_too() {
    let sandbox = sandbox_declaring("api/alert");
    let url = format!("{}/own", sandbox.receiver_url());
    let arrived = recoveries(&sandbox, "cpu", post(Some(url), Some("api/alert")));
    let paths: Vec<&str> = arrived.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["/from-conf", "/own"]);
}

/// The alert of a deadman's group without a name: no point ever resolves it, but a destroy does.
#[test]
fn the_alert_of_the_nil_group_is_resolved() {
    let sandbox = sandbox_declaring("squadcast");
    let arrived = recoveries(&sandbox, "silent-{{.Group}}", post(None, Some("squadcast")));
    assert_eq!(arrived, [("/from-conf".to_owned(), Some("silent-nil".to_owned()))]);
}

/// The recovery goes to the very path that Kapacitor posts the alerts to.
#[test]
fn a_path_with_a_blank_is_the_same_for_the_recovery() {
    let sandbox = sandbox_declaring("squadcast");
    let url = format!("{}/a b ", sandbox.receiver_url());
    let arrived = recoveries(&sandbox, "cpu", post(Some(url), None));
    assert_eq!(arrived, [("/a%20b%20".to_owned(), Some("cpu".to_owned()))]);
}
