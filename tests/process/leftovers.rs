//! What a provider leaves on the disk: nothing, or what the next one removes.

use crate::plugin::{entries, Connection, Plugin};
use std::sync::Arc;

#[tokio::test]
async fn a_provider_that_ends_leaves_nothing() {
    let mut plugin = Plugin::start();
    assert_eq!(plugin.temporary_files(), 1);
    let terraform = Connection::open(&plugin).await.unwrap();
    assert_eq!(
        terraform.call("/plugin.GRPCController/Shutdown").await.as_deref(),
        Ok("0")
    );
    terraform.close().await;
    assert_eq!(plugin.exit_code(), Some(0));
    assert_eq!(plugin.temporary_files(), 0);
}

#[tokio::test]
async fn what_a_killed_provider_leaves_goes_with_the_next_one() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let living = Plugin::start_in(folder.clone());
    let mut killed = Plugin::start_in(folder.clone());
    killed.kill();
    assert!(killed.socket().exists());
    let next = Plugin::start_in(folder.clone());
    // It has removed them once it answers.
    Connection::open(&next).await.unwrap();
    assert!(!killed.socket().exists());
    assert_eq!(entries(folder.path()), 2);
    Connection::open(&living).await.unwrap();
}
