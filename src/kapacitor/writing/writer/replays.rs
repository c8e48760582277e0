//! Recordings and replays.

use reqwest::Method;

use super::{Effect, Object, Writer};
use crate::kapacitor::error::Error;
use crate::kapacitor::models::{NewRecording, NewReplay, Run};
use crate::kapacitor::transport::request::{segment, Idempotency, Request, RECORDINGS, REPLAYS};

impl Writer {
    /// Begins a recording. What becomes of it is read from [`Replays`](crate::kapacitor::api::Replays).
    ///
    /// Repeated: Kapacitor refuses a second recording of the same id, and after a try whose answer was lost that means that the
    /// first one began.
    pub async fn create_recording(&mut self, recording: &NewRecording) -> Result<(), Error> {
        let path = match recording {
            NewRecording::Query { .. } => format!("{RECORDINGS}/query"),
            NewRecording::Batch { .. } => format!("{RECORDINGS}/batch"),
        };
        let request = Request::write(Method::POST, &path, Idempotency::Idempotent);
        let request = self.with_json(request, recording, vec![])?;
        let client = self.client.clone();
        self.take_turn(Effect::None, Object::None, async move {
            let delivery = client.connection().deliver(&request).await;
            match delivery.result {
                Ok(_) => Ok(()),
                Err(error) if delivery.earlier_try_may_have_acted && error.says_it_exists() => Ok(()),
                Err(error) => Err(error),
            }
        })
        .await
    }

    /// Begins a replay.
    ///
    /// Not repeated, unless the first try surely had no effect: a second replay of the same id runs as well.
    pub async fn create_replay(&mut self, replay: &NewReplay) -> Result<(), Error> {
        let request = Request::write(Method::POST, REPLAYS, Idempotency::NotIdempotent);
        let request = self.with_json(request, replay, vec![])?;
        let client = self.client.clone();
        self.take_turn(Effect::None, Object::None, async move {
            client.connection().json::<Run>(&request).await.map(drop)
        })
        .await
    }

    /// Deletes a recording; there need not be one. One that is under way goes on, and its file comes back.
    ///
    /// Repeated: what is deleted can be deleted again.
    pub async fn delete_recording(&mut self, id: &str) -> Result<(), Error> {
        self.delete_run("id of a recording", RECORDINGS, id).await
    }

    /// Deletes a replay; there need not be one. One that is under way goes on.
    ///
    /// Repeated: what is deleted can be deleted again.
    pub async fn delete_replay(&mut self, id: &str) -> Result<(), Error> {
        self.delete_run("id of a replay", REPLAYS, id).await
    }

    async fn delete_run(&self, what: &'static str, path: &str, id: &str) -> Result<(), Error> {
        let segment = segment(what, id).map_err(|error| self.refused(path, error))?;
        let request = Request::write(Method::DELETE, &format!("{path}/{segment}"), Idempotency::Idempotent);
        self.done(Effect::None, Object::None, request).await
    }
}
