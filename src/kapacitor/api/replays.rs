//! Recordings and replays: `/kapacitor/v1/recordings` and `/kapacitor/v1/replays`.

use serde::Deserialize;

use crate::kapacitor::client::Client;
use crate::kapacitor::error::{Error, ErrorKind};
use crate::kapacitor::models::Run;
use crate::kapacitor::transport::request::{segment, Request, RECORDINGS, REPLAYS};

/// Reads recordings and replays.
pub struct Replays {
    pub(in crate::kapacitor) client: Client,
}

#[derive(Deserialize)]
struct RecordingList {
    recordings: Vec<OnlyId>,
}

#[derive(Deserialize)]
struct ReplayList {
    replays: Vec<OnlyId>,
}

#[derive(Deserialize)]
struct OnlyId {
    id: String,
}

impl Client {
    /// Reads recordings and replays.
    pub fn replays(&self) -> Replays {
        Replays { client: self.clone() }
    }
}

impl Replays {
    /// How far a recording has come; `None` if there is none of that id.
    pub async fn recording(&self, id: &str) -> Result<Option<Run>, Error> {
        self.run("id of a recording", RECORDINGS, id).await
    }

    /// How far a replay has come; `None` if there is none of that id.
    pub async fn replay(&self, id: &str) -> Result<Option<Run>, Error> {
        self.run("id of a replay", REPLAYS, id).await
    }

    /// The ids of the recordings that match the glob `pattern`.
    pub async fn recording_ids(&self, pattern: &str) -> Result<Vec<String>, Error> {
        let list: RecordingList = self.client.connection().json(&ids(RECORDINGS, pattern)).await?;
        Ok(list.recordings.into_iter().map(|one| one.id).collect())
    }

    /// The ids of the replays that match the glob `pattern`.
    pub async fn replay_ids(&self, pattern: &str) -> Result<Vec<String>, Error> {
        let list: ReplayList = self.client.connection().json(&ids(REPLAYS, pattern)).await?;
        Ok(list.replays.into_iter().map(|one| one.id).collect())
    }

    async fn run(&self, what: &'static str, path: &str, id: &str) -> Result<Option<Run>, Error> {
        let connection = self.client.connection();
        let segment =
            segment(what, id).map_err(|error| connection.error(&Request::get(path), ErrorKind::Setup(error)))?;
        match connection
            .json::<Run>(&Request::get(&format!("{path}/{segment}")))
            .await
        {
            Ok(run) => Ok(Some(Run {
                error: connection.masked(&run.error),
                ..run
            })),
            Err(error) if says_there_is_none(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn ids(path: &str, pattern: &str) -> Request {
    Request::get(path)
        .with("pattern", pattern)
        .with("fields", "id")
        .with("limit", "-1")
}

/// Of a recording that is missing Kapacitor says so with 500, not 404.
fn says_there_is_none(error: &Error) -> bool {
    let says = |message: &str| message.contains("no recording exists") || message.contains("no replay exists");
    error.is_not_found() || error.kapacitor_message().is_some_and(says)
}
