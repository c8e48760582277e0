//! A back-test on the server: what it makes, waits for and reads, and takes away again.
//!
//! The right to write is held for what writes and no longer, so that a long replay stops nobody.

use super::names::{self, Made};
use super::shared::{Held, Shared};
use crate::backtest::{counter_script, Backtest, Event, EventNotUnderstood, History, Range, Reads};
use crate::kapacitor::models::{CreateTask, Dbrp, NewRecording, NewReplay, Progress, Run, Status, TaskType, Vars};
use crate::kapacitor::{stopped, Client, Error};
use std::future::Future;
use std::time::{Duration, Instant};

/// The shortest and the longest pause between two looks.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(500));

/// How often the log says how far it is.
const LOG_EVERY: Duration = Duration::from_secs(5);

/// What is to be done.
pub(super) struct Job {
    /// The copy.
    pub copy: Backtest,
    /// What counts.
    pub range: Range,
    /// Kapacitor's name of the InfluxDB; empty for its default one.
    pub cluster: String,
    /// How many points it may read.
    pub max_points: i64,
    /// How long it may take.
    pub timeout: Duration,
}

/// What came of it.
pub(super) struct Outcome {
    /// What the alerts told.
    pub history: History,
    /// How many points were read, if that is known.
    pub points: Option<i64>,
}

/// Why nothing came of it.
pub(super) enum Failure {
    /// A request failed.
    Server(Error),
    /// Kapacitor could not record the data, in its words.
    Recording(String),
    /// The copy ended with an error, in Kapacitor's words.
    Replay(String),
    /// There are more points than may be read.
    TooManyPoints(i64),
    /// It took too long; what it was doing, and how many events it had told by then.
    TimedOut(&'static str, u64),
    /// Terraform was asked to stop.
    Stopped,
    /// Something of it was deleted meanwhile.
    Gone(&'static str),
    /// Something else wrote to its topic.
    NotUnderstood(EventNotUnderstood),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Server(error)
    }
}

/// Does it, and takes everything away again. The second result is the error of that.
pub(super) async fn run(client: &Client, shared: &Shared, job: &Job) -> (Result<Outcome, Failure>, Result<(), Error>) {
    let held = job.reads().map(|reads| {
        let key = (job.cluster.clone(), reads.query(job.data_range()));
        shared.hold(key, job.timeout)
    });
    // A semaphore that is never closed always grants its permit.
    let turn = shared.turns.acquire().await;
    let cleared = shared.cleared.get_or_try_init(|| names::delete_leftovers(client));
    let mut steps = Steps {
        client,
        job,
        id: shared.names.make(job.timeout),
        began: Instant::now(),
        made: Made::default(),
    };
    let result = match cleared.await {
        Ok(()) => steps.all(held.as_ref()).await,
        Err(error) => Err(error.into()),
    };
    drop(turn);
    let mut made = std::mem::take(&mut steps.made);
    made.recordings.extend(held.and_then(Held::release));
    let deleted = names::delete(client, made).await;
    if deleted.is_ok() {
        shared.names.finished();
    }
    (result, deleted)
}

impl Job {
    fn reads(&self) -> Option<&Reads> {
        self.copy.reads()
    }

    /// What counts, with what windows and shifts need before it.
    fn data_range(&self) -> Range {
        Range {
            start: self.range.start.saturating_sub(self.copy.lead()),
            stop: self.range.stop,
        }
    }

    fn task(&self, id: &str, script: String) -> CreateTask {
        let databases = self.copy.databases().iter();
        CreateTask {
            id: id.to_owned(),
            task_type: match self.copy.is_batch() {
                true => TaskType::Batch,
                false => TaskType::Stream,
            },
            dbrps: databases
                .map(|(db, rp)| Dbrp {
                    db: db.clone(),
                    rp: rp.clone(),
                })
                .collect(),
            script,
            vars: Vars::new(),
            template_id: String::new(),
            status: Status::Disabled,
            secrets: Vec::new(),
        }
    }
}

struct Steps<'a> {
    client: &'a Client,
    job: &'a Job,
    id: String,
    began: Instant,
    /// What there may be on the server; noted before it is asked for.
    made: Made,
}

impl Steps<'_> {
    async fn all(&mut self, held: Option<&Held>) -> Result<Outcome, Failure> {
        let (recording, points) = match (held, self.job.reads()) {
            (Some(held), Some(reads)) => {
                let points = *held.recording.points.get_or_try_init(|| self.count(reads)).await?;
                if points > self.job.max_points {
                    return Err(Failure::TooManyPoints(points));
                }
                let id = held.recording.id.get_or_try_init(|| self.record(reads)).await?;
                self.create_copy().await?;
                (id.clone(), Some(points))
            }
            _ => {
                self.create_copy().await?;
                (self.record_batch().await?, None)
            }
        };
        let id = self.id.clone();
        let topics = self.job.copy.topics(&id);
        self.made.topics.extend(topics.clone());
        self.replay(&id, &recording, &topics).await?;
        let mut events = Vec::new();
        for (alert, topic) in (1..).zip(&topics) {
            for event in self.client.topics().events(topic).await?.unwrap_or_default() {
                let event = Event::read(alert, &event.id, &event.state.message).map_err(Failure::NotUnderstood)?;
                events.push(event);
            }
        }
        let history = History::of(events, self.job.range, self.job.copy.silent_recoveries());
        Ok(Outcome { history, points })
    }

    async fn create_copy(&mut self) -> Result<(), Failure> {
        self.made.tasks.push(self.id.clone());
        let task = self.job.task(&self.id, self.job.copy.script(&self.id));
        self.write(|mut writes| async move { writes.create_task(&task).await.map(drop) })
            .await
    }

    /// How many points a query would bring. Kapacitor has no way to ask InfluxDB something but a recording, and shows of a
    /// recording only what a task tells of it.
    async fn count(&mut self, reads: &Reads) -> Result<i64, Failure> {
        let id = format!("{}-count", self.id);
        let topic = id.clone();
        self.made.tasks.push(id.clone());
        self.made.recordings.push(id.clone());
        self.made.topics.push(topic.clone());
        let task = self.job.task(&id, counter_script(&topic));
        let recording = self.query(&id, reads.count_query(self.job.data_range()));
        self.write(|mut writes| async move {
            writes.create_task(&task).await?;
            writes.create_recording(&recording).await
        })
        .await?;
        self.recorded(&id, "counting the points").await?;
        self.replay(&id, &id, std::slice::from_ref(&topic)).await?;
        let mut points = 0.0;
        for event in self.client.topics().events(&topic).await?.unwrap_or_default() {
            let counts = event.state.message.split_whitespace().map(str::parse::<f64>);
            let counts: Vec<f64> = counts.filter_map(Result::ok).collect();
            points += reads.count_of(&counts);
        }
        Ok(points as i64)
    }

    async fn record(&mut self, reads: &Reads) -> Result<String, Failure> {
        let id = format!("{}-data", self.id);
        // Once it is there, it belongs to all that share it.
        self.made.recordings.push(id.clone());
        let recording = self.query(&id, reads.query(self.job.data_range()));
        self.write(|mut writes| async move { writes.create_recording(&recording).await })
            .await?;
        self.recorded(&id, "recording the points").await?;
        self.made.recordings.retain(|made| *made != id);
        Ok(id)
    }

    async fn record_batch(&mut self) -> Result<String, Failure> {
        let id = format!("{}-data", self.id);
        self.made.recordings.push(id.clone());
        let range = self.job.data_range();
        let recording = NewRecording::Batch {
            id: id.clone(),
            task: self.id.clone(),
            start: super::times::rfc3339(range.start),
            stop: super::times::rfc3339(range.stop),
        };
        self.write(|mut writes| async move { writes.create_recording(&recording).await })
            .await?;
        self.recorded(&id, "recording what the task queries").await?;
        Ok(id)
    }

    fn query(&self, id: &str, query: String) -> NewRecording {
        NewRecording::Query {
            id: id.to_owned(),
            query,
            task_type: TaskType::Stream,
            cluster: self.job.cluster.clone(),
        }
    }

    async fn recorded(&self, id: &str, doing: &'static str) -> Result<(), Failure> {
        let run = self.wait(doing, &[], || self.look_at_recording(id)).await?;
        match run.status {
            Progress::Failed => Err(Failure::Recording(run.error)),
            _ => Ok(()),
        }
    }

    async fn replay(&mut self, id: &str, recording: &str, topics: &[String]) -> Result<(), Failure> {
        self.made.replays.push(id.to_owned());
        let replay = NewReplay::fast(id, id, recording);
        self.write(|mut writes| async move { writes.create_replay(&replay).await })
            .await?;
        let run = self
            .wait("replaying the points", topics, || self.look_at_replay(id))
            .await?;
        match run.status {
            Progress::Failed => Err(Failure::Replay(run.error)),
            _ => Ok(()),
        }
    }

    async fn look_at_recording(&self, id: &str) -> Result<Option<Run>, Error> {
        self.client.replays().recording(id).await
    }

    async fn look_at_replay(&self, id: &str) -> Result<Option<Run>, Error> {
        self.client.replays().replay(id).await
    }

    /// Takes the right to write for as long as `steps` take.
    async fn write<F, Fut>(&self, steps: F) -> Result<(), Failure>
    where
        F: FnOnce(crate::kapacitor::Writer) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), Error>> + Send + 'static,
    {
        Ok(self.client.uninterrupted(steps).await?)
    }

    /// Looks until it is over.
    async fn wait<Fut>(&self, doing: &'static str, topics: &[String], look: impl Fn() -> Fut) -> Result<Run, Failure>
    where
        Fut: Future<Output = Result<Option<Run>, Error>>,
    {
        let mut pause = PAUSES.0;
        let mut logged = Duration::ZERO;
        loop {
            let run = look().await?.ok_or(Failure::Gone(doing))?;
            if run.status != Progress::Running {
                return Ok(run);
            }
            let elapsed = self.began.elapsed();
            if elapsed >= self.job.timeout {
                return Err(Failure::TimedOut(doing, self.told(topics).await));
            }
            if elapsed >= logged + LOG_EVERY {
                logged = elapsed;
                tracing::info!(
                    "the back-test {} is {doing}, for {} s so far",
                    self.id,
                    elapsed.as_secs()
                );
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stopped() => return Err(Failure::Stopped),
            }
            pause = (pause * 3 / 2).min(PAUSES.1);
        }
    }

    /// How many events there are so far, as far as the server tells.
    async fn told(&self, topics: &[String]) -> u64 {
        let mut told = 0;
        for topic in topics {
            let found = self.client.topics().list(topic).await.unwrap_or_default();
            told += found.iter().map(|topic| topic.collected).sum::<u64>();
        }
        told
    }
}
