//! Notices that Terraform is gone: killed by a signal that leaves it no time to end its plugins.
//!
//! Without this, the provider would listen for ever, with the credentials that Terraform gave it.

use std::time::Duration;

/// How often to look.
const INTERVAL: Duration = Duration::from_millis(500);

/// The process that has started this one.
pub(super) struct Parent(Option<u32>);

impl Parent {
    /// To be called before Terraform is told where to connect, since it may be gone any moment after that.
    pub(super) fn of_this_process() -> Self {
        Parent(parent())
    }

    /// Ends once it is gone. Where the system does not tell, it never does.
    pub(super) async fn gone(self) {
        if self.0.is_none() {
            return std::future::pending().await;
        }
        while parent() == self.0 {
            tokio::time::sleep(INTERVAL).await;
        }
    }
}

/// The process that started this one, or the one that has taken its place.
#[cfg(unix)]
fn parent() -> Option<u32> {
    Some(std::os::unix::process::parent_id())
}

#[cfg(not(unix))]
fn parent() -> Option<u32> {
    None
}
