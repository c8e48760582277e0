//! What concurrent and broken updates of the configuration do.

use crate::support::{alert, Bench};
use sandbox::{HttpPost, KapacitorConf, Options, RECEIVER};
use serde_json::json;

#[tokio::test]
async fn two_updates_of_one_element_at_once_lose_one_and_both_say_204() {
    let bench = Bench::start(Options::default()).await;
    let (url, headers) = (
        json!({ "set": { "url": "http://127.0.0.1:1/" } }),
        json!({ "set": { "headers": {} } }),
    );
    let path = "/config/httppost/squadcast";
    // Whether two requests meet is up to the machine's load; as with the real server, some of 20 rounds do.
    for _ in 0..20 {
        let (first, second) = tokio::join!(bench.send("POST", path, &url), bench.send("POST", path, &headers));
        assert_eq!((first.status().as_u16(), second.status().as_u16()), (204, 204));
        let options = bench.get(path).await["options"].clone();
        if options["url"] != "http://127.0.0.1:1/" || options["headers"] != json!({}) {
            return;
        }
        bench
            .send("POST", "/config/httppost", &json!({ "remove": ["squadcast"] }))
            .await;
    }
    panic!("no update was lost in 20 rounds");
}

#[tokio::test]
async fn an_added_endpoint_never_goes_live() {
    let bench = Bench::start(Options::default()).await;
    let add = json!({ "add": { "endpoint": "added", "url": format!("{}/added", bench.sandbox.receiver_url()) } });
    assert_eq!(bench.send("POST", "/config/httppost", &add).await.status(), 204);
    bench.sandbox.restart(KapacitorConf::default()).await.unwrap();
    let url = format!("{}/inline", bench.sandbox.receiver_url());
    bench
        .create("t", &alert(&format!(".post('{url}').endpoint('added')")), "enabled")
        .await;
    bench.write("cpu,host=a value=95 1000000000").await;
    bench.sandbox.settle().await;
    assert_eq!(bench.sandbox.receiver().posts()[0].path, "/inline");
}

#[tokio::test]
async fn the_state_file_outlives_the_process_and_can_keep_it_from_starting() {
    let folder = std::env::temp_dir().join(format!("sandbox-state-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let state_file = Some(folder.join("state.json"));
    let options = Options {
        state_file,
        ..Options::default()
    };
    let bench = Bench::start(options.clone()).await;
    bench
        .create("t", &alert(".post().endpoint('squadcast')"), "enabled")
        .await;
    bench.write("cpu,host=a value=95 1000000000").await;
    let set = json!({ "set": { "headers": { "X-A": "1" } } });
    assert_eq!(
        bench.send("POST", "/config/httppost/squadcast", &set).await.status(),
        204
    );
    drop(bench);

    let bench = Bench::start(options.clone()).await;
    assert_eq!(bench.get("/tasks/t").await["executing"], true);
    bench.write("cpu,host=a value=5 1000000001").await;
    assert_eq!(bench.levels().await, ["OK"]);
    assert_eq!(bench.sandbox.receiver().posts()[0].headers["x-a"], "1");
    drop(bench);

    let conf = KapacitorConf::declaring([HttpPost::new("other", &format!("{RECEIVER}/other"))]);
    let refused = sandbox::Sandbox::start(Options { conf, ..options })
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(
        refused.ends_with("unknown options [headers] in section httppost"),
        "{refused}"
    );
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_second_add_leaves_the_live_endpoints_as_the_file_has_them() {
    let bench = Bench::start(Options::default()).await;
    let set = json!({ "set": { "url": format!("{}/set", bench.sandbox.receiver_url()) } });
    assert_eq!(
        bench.send("POST", "/config/httppost/squadcast", &set).await.status(),
        204
    );
    let add = json!({ "add": { "endpoint": "squadcast", "url": "http://127.0.0.1:1/" } }).to_string();
    assert!(bench
        .client
        .post(bench.url("/config/httppost"))
        .body(add)
        .send()
        .await
        .is_err());
    bench
        .create("t", &alert(".post().endpoint('squadcast')"), "enabled")
        .await;
    bench.write("cpu,host=a value=95 1000000000").await;
    bench.sandbox.settle().await;
    assert_eq!(bench.sandbox.receiver().posts()[0].path, "/from-conf");
}
