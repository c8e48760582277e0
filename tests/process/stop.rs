//! Terraform's StopProvider, on Ctrl-C, ends nothing; its Shutdown ends the process.

use crate::plugin::{Connection, Plugin};

const SCHEMA: &str = "/tfplugin6.Provider/GetProviderSchema";
const STOP: &str = "/tfplugin6.Provider/StopProvider";
const SHUTDOWN: &str = "/plugin.GRPCController/Shutdown";

#[tokio::test]
async fn after_a_stop_calls_are_answered_until_the_shutdown() {
    let mut plugin = Plugin::start();
    let terraform = Connection::open(&plugin).await.unwrap();
    for method in [SCHEMA, STOP, SCHEMA, STOP, SCHEMA] {
        assert_eq!(terraform.call(method).await.as_deref(), Ok("0"), "{method}");
    }
    assert_eq!(terraform.call(SHUTDOWN).await.as_deref(), Ok("0"));
    terraform.close().await;
    assert_eq!(plugin.exit_code(), Some(0));
}

#[tokio::test]
async fn a_shutdown_alone_ends_the_process() {
    let mut plugin = Plugin::start();
    let terraform = Connection::open(&plugin).await.unwrap();
    assert_eq!(terraform.call(SHUTDOWN).await.as_deref(), Ok("0"));
    terraform.close().await;
    assert_eq!(plugin.exit_code(), Some(0));
}

#[tokio::test]
async fn the_streams_that_terraform_keeps_open_end_with_the_service() {
    let mut plugin = Plugin::start();
    let terraform = Connection::open(&plugin).await.unwrap();
    let (stdio, broker) = ("/plugin.GRPCStdio/StreamStdio", "/plugin.GRPCBroker/StartStream");
    let (stdio, broker, shut) = tokio::join!(terraform.call(stdio), terraform.call(broker), terraform.call(SHUTDOWN));
    assert_eq!(
        (stdio.as_deref(), broker.as_deref(), shut.as_deref()),
        (Ok("0"), Ok("0"), Ok("0"))
    );
    // Nor does a client that keeps its connection, and does not do anything any more, keep the process.
    assert_eq!(plugin.exit_code(), Some(0));
    terraform.closed().await;
}
