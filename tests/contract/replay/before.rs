//! Plays what happened outside of the recorded requests: configuration files, restarts, and crowds of other clients.

use super::client::{self, Outcome};
use super::recording::Recorded;
use super::Replay;
use sandbox::{Auth, HttpPost, KapacitorConf, RECEIVER};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

/// The configuration that a file's first `before` describes.
pub(super) fn first_conf(before: Option<&str>) -> KapacitorConf {
    let conf = KapacitorConf::default();
    match before.unwrap_or_default() {
        text if text.starts_with("kapacitor.conf also has [[httppost]] endpoint = \"other\"") => {
            conf.and(HttpPost::new("other", &format!("{RECEIVER}/other")).basic_auth("user", "secret"))
        }
        "kapacitor.conf says [config-override] enabled = false" => KapacitorConf {
            config_override_enabled: false,
            ..conf
        },
        "kapacitor.conf: [http] auth-enabled = true, no [auth] section" => KapacitorConf {
            auth: Auth::any_user(),
            ..conf
        },
        "kapacitor.conf: [http] auth-enabled = true, shared-secret = \"s3cret\"" => KapacitorConf {
            auth: Auth::shared_secret("s3cret"),
            ..conf
        },
        text if text.starts_with("kapacitor.conf: [auth] enabled = true") => KapacitorConf {
            auth: Auth {
                user_service: true,
                ..Auth::none()
            },
            ..conf
        },
        "kapacitor.conf says [alert]   persist-topics = false" => KapacitorConf {
            persist_topics: false,
            ..conf
        },
        text if text.starts_with("Kapacitor has [http] auth-enabled = true") => KapacitorConf {
            auth: Auth::any_user(),
            ..conf
        },
        "kapacitor.conf has no InfluxDB that is enabled" => KapacitorConf {
            influxdbs: Vec::new(),
            ..conf
        },
        _ => conf,
    }
}

/// The configuration of a restart; `None` where the text speaks of none.
fn next_conf(replay: &Replay, text: &str) -> Option<KapacitorConf> {
    let element = |name: &str, path: &str| {
        HttpPost::new(name, &format!("{RECEIVER}{path}")).header("Content-Type", "application/json")
    };
    let other = || KapacitorConf::declaring([element("other", "/from-conf")]);
    let current = replay.sandbox.conf();
    let rest = match text {
        "Kapacitor was restarted" => return Some(current),
        text if text.starts_with("It did not stop on SIGTERM") => return Some(current),
        text => text.strip_prefix("Kapacitor was restarted ")?,
    };
    Some(match rest {
        "with an [[httppost]] \"nope\" added to kapacitor.conf" => {
            replay.first_conf.clone().and(element("nope", "/nope"))
        }
        "with an [[httppost]] \"added\" in kapacitor.conf" => {
            replay.first_conf.clone().and(element("added", "/declared-later"))
        }
        "with \"squadcast\" back in kapacitor.conf" | "with the first kapacitor.conf" | "with \"squadcast\" back" => {
            replay.first_conf.clone()
        }
        "with no [[httppost]] at all in kapacitor.conf" => KapacitorConf::declaring([]),
        "with another url and header for \"squadcast\" in kapacitor.conf" => {
            KapacitorConf::declaring([element("squadcast", "/from-conf-2").header("X-2", "2")])
        }
        "with skip-config-overrides = true and \"squadcast\" replaced by \"other\" in kapacitor.conf" => {
            KapacitorConf {
                skip_config_overrides: true,
                ..other()
            }
        }
        "with skip-config-overrides = true, the same elements" => KapacitorConf {
            skip_config_overrides: true,
            ..current
        },
        "without skip-config-overrides" => KapacitorConf {
            skip_config_overrides: false,
            ..current
        },
        "with [http] auth-enabled = true" => KapacitorConf {
            auth: Auth {
                required: true,
                ..current.auth
            },
            ..current
        },
        "after the template file was deleted" => {
            std::fs::remove_file(&replay.template_file).expect("the template file");
            current
        }
        gone if gone.contains("\"squadcast\"") => other(),
        unknown => panic!("no way to play {unknown:?}"),
    })
}

/// Plays a restart, if the text speaks of one. Where Kapacitor exited, its last words must be the same.
pub(super) async fn restart(replay: &Replay, text: &str) -> Result<(), String> {
    let (text, last_words) = match text.split_once(". It exits at once with: ") {
        Some((text, words)) => (text, Some(replay.bindings.fill(words))),
        None => (text, None),
    };
    let Some(conf) = next_conf(replay, text.split_once(';').map_or(text, |(text, _)| text)) else {
        return Ok(());
    };
    let refused = replay
        .sandbox
        .restart(conf)
        .await
        .err()
        .map(|refused| refused.to_string());
    if refused == last_words {
        return Ok(());
    }
    Err(format!("recorded {last_words:?} at the restart, found {refused:?}"))
}

/// Lets the receiver be slow, or quick again. The recorded one took 6 s for each post to `/slow/6/…`; this one takes for as
/// long as the recording says that it did.
pub(super) fn slow_webhook(replay: &mut Replay, text: &str) {
    if text == "the receiver takes 6 s for each post" {
        replay.hold = Some(replay.sandbox.receiver().hold("/slow/*"));
    }
    if text.ends_with("when all four posts were answered") {
        replay.hold = None;
    }
}

/// Fills InfluxDB, or lets it go down, if the text speaks of that.
pub(super) async fn influxdb(replay: &Replay, text: &str) {
    if text.starts_with("InfluxDB has an hour of points of two hosts") {
        let write = Recorded {
            path: "/kapacitor/v1/write?db=telegraf&rp=autogen&precision=s".to_owned(),
            ..post(json!(an_hour_of_two_hosts()))
        };
        client::send(replay.address, &write).await;
    }
    replay.sandbox.set_influxdb_down(text == "InfluxDB is down");
}

/// Host a writes each second and is over 90 twice, host b every other second and once.
fn an_hour_of_two_hosts() -> String {
    const START: u32 = 1_000_000_000;
    let mut lines = Vec::new();
    for second in 0..3600 {
        let value = match second {
            600..900 | 1800..1900 => 95,
            _ => 50,
        };
        lines.push(format!("cpu,host=a value={value} {}", START + second));
        if second % 2 == 0 {
            let value = if (1200..1260).contains(&second) { 99 } else { 40 };
            lines.push(format!("cpu,host=b value={value} {}", START + second));
        }
    }
    lines.join("\n")
}

/// Whether the request was sent by 50 clients at once.
pub(super) fn is_crowd(text: &str) -> bool {
    text.starts_with("50 requests of this kind at once") || text.starts_with("50 tasks c00 to c49")
}

/// Sends a request from 50 clients at once, or one after the other where the recording says so.
pub(super) async fn crowd(replay: &Replay, request: &Recorded, text: &str) -> Vec<Outcome> {
    let one = |number: usize| {
        let (address, request) = (replay.address, request.numbered(number));
        async move { client::send(address, &request).await }
    };
    let mut outcomes = Vec::new();
    if text.starts_with("50 tasks") {
        for number in 0..50 {
            outcomes.push(one(number).await);
        }
        return outcomes;
    }
    let clients: Vec<_> = (0..50).map(|number| tokio::spawn(one(number))).collect();
    for client in clients {
        outcomes.push(client.await.expect("a client"));
    }
    outcomes
}

/// Lets time pass by the sandbox's clock, and the host write meanwhile, if the text speaks of that.
pub(super) async fn time(replay: &Replay, text: &str) {
    match text {
        "7 s later (the period is 2 s)" | "and has been silent for 7 s" | "7 s later, still silent" => {
            replay.sandbox.put_clock_forward(Duration::from_secs(7));
        }
        "host a has written for 7 s" => {
            for _ in 0..14 {
                let point = Recorded {
                    path: "/kapacitor/v1/write?db=telegraf&rp=autogen".to_owned(),
                    ..post(json!("cpu,host=a value=1"))
                };
                client::send(replay.address, &point).await;
                replay.sandbox.put_clock_forward(Duration::from_millis(500));
            }
        }
        _ => {}
    }
}

/// Creates the tasks that make a list longer than a hundred.
pub(super) async fn many_tasks(replay: &Replay, count: usize) {
    for number in 0..count {
        let body = json!({
            "id": format!("many-{number:03}"),
            "dbrps": [{ "db": "telegraf", "rp": "autogen" }],
            "script": "stream\n    |from()\n        .measurement('cpu')\n",
        });
        client::send(replay.address, &post(body)).await;
    }
}

/// Ten clients that create tasks and delete them at once, until the server hangs.
pub(super) async fn careless_clients(replay: &Replay) {
    let clients: Vec<_> = (0..10)
        .map(|number| {
            let address = replay.address;
            tokio::spawn(async move {
                let id = format!("c{number:02}");
                let script = format!(
                    "stream|from().measurement('cpu')|alert().crit(lambda: TRUE).post('http://127.0.0.1:1/{id}')"
                );
                let dbrps = json!([{ "db": "telegraf", "rp": "autogen" }]);
                let create = post(json!({ "id": id, "dbrps": dbrps, "script": script, "status": "enabled" }));
                let delete = Recorded {
                    method: "DELETE".to_owned(),
                    path: format!("/kapacitor/v1/tasks/{id}"),
                    headers: BTreeMap::new(),
                    body: None,
                };
                loop {
                    client::send(address, &create).await;
                    client::send(address, &delete).await;
                }
            })
        })
        .collect();
    replay.sandbox.wait_for_requests(|_| replay.sandbox.is_hung()).await;
    for client in clients {
        client.abort();
    }
}

fn post(body: serde_json::Value) -> Recorded {
    Recorded {
        method: "POST".to_owned(),
        path: "/kapacitor/v1/tasks".to_owned(),
        headers: BTreeMap::new(),
        body: Some(body),
    }
}
