//! Sequences of writes that run to their end, also where the caller gives up.

use std::future::Future;
use std::sync::LazyLock;

use tokio::sync::watch;

/// How many sequences are under way that must not be cut.
static UNDER_WAY: LazyLock<watch::Sender<usize>> = LazyLock::new(|| watch::Sender::new(0));

/// Ends when no write of this process is under way.
pub async fn writes_are_done() {
    // It fails only where the sender is gone, which lives as long as the process.
    let _ = UNDER_WAY.subscribe().wait_for(|count| *count == 0).await;
}

struct UnderWay;

impl UnderWay {
    fn begin() -> Self {
        UNDER_WAY.send_modify(|count| *count += 1);
        UnderWay
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        UNDER_WAY.send_modify(|count| *count -= 1);
    }
}

/// Runs `steps` where nobody can drop them. `None` only where the whole runtime is going down.
pub(in crate::kapacitor) async fn to_the_end<T: Send + 'static>(
    steps: impl Future<Output = T> + Send + 'static,
) -> Option<T> {
    use tracing::Instrument;
    let under_way = UnderWay::begin();
    let steps = async move {
        let _under_way = under_way;
        steps.await
    };
    match tokio::spawn(steps.in_current_span()).await {
        Ok(result) => Some(result),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => None,
        },
    }
}
