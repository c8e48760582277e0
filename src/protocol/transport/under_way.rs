//! How many calls are under way.

use tokio::sync::watch;

/// The calls that have begun and not ended.
#[derive(Debug)]
pub(crate) struct UnderWay(watch::Sender<usize>);

impl UnderWay {
    /// None.
    pub(crate) fn none() -> Self {
        UnderWay(watch::Sender::new(0))
    }

    /// One more, until what this returns is dropped.
    pub(crate) fn one(&self) -> impl Drop + '_ {
        self.0.send_modify(|calls| *calls += 1);
        One(self)
    }

    /// Ends when there is none.
    pub(crate) async fn ended(&self) {
        // The sender is this value's own.
        let _ = self.0.subscribe().wait_for(|calls| *calls == 0).await;
    }
}

struct One<'a>(&'a UnderWay);

impl Drop for One<'_> {
    fn drop(&mut self) {
        self.0 .0.send_modify(|calls| *calls -= 1);
    }
}
