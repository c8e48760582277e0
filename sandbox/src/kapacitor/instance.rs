//! A Kapacitor that runs, and its restarts.

use crate::influxdb::InfluxDb;
use crate::kapacitor::process::clock::Clock;
use crate::kapacitor::process::lifecycle::Lifecycle;
use crate::kapacitor::process::poster::Poster;
use crate::kapacitor::process::state::{RefusedStart, State};
use crate::kapacitor::release::Release;
use crate::kapacitor::replays::Replays;
use crate::kapacitor::stored::Database;
use crate::options::{KapacitorConf, Options, RECEIVER};
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long the clock's keeper waits at least before it looks again.
const SHORTEST_WAIT: Duration = Duration::from_millis(5);

/// A Kapacitor: its state, and what it does with requests.
pub struct Kapacitor {
    state: Mutex<State>,
    pub lifecycle: Lifecycle,
    pub poster: Poster,
    pub influxdb: InfluxDb,
    pub replays: Replays,
    clock: Clock,
    version: String,
    release: Release,
    state_file: Option<PathBuf>,
    receiver_url: String,
}

/// Why it could not be made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Refused(#[from] RefusedStart),
}

impl Kapacitor {
    /// Loads the state file and starts.
    pub fn make(options: &Options, receiver_url: &str) -> Result<Kapacitor, MakeError> {
        let database = match &options.state_file {
            Some(path) => Database::load(path)?,
            None => Database::default(),
        };
        let poster = Poster::new();
        let clock = Clock::default();
        let state = State::boot(
            at_receiver(options.conf.clone(), receiver_url),
            database,
            &poster,
            &clock,
        )?;
        let kapacitor = Kapacitor {
            state: Mutex::new(state),
            lifecycle: Lifecycle::new(options.strict_pace),
            poster,
            influxdb: InfluxDb::default(),
            replays: Replays::default(),
            clock,
            release: Release::of(&options.version),
            version: options.version.clone(),
            state_file: options.state_file.clone(),
            receiver_url: receiver_url.to_owned(),
        };
        kapacitor.save(&kapacitor.state());
        Ok(kapacitor)
    }

    /// Plays a restart: only the database stays. One that is refused changes nothing.
    pub fn restart(&self, conf: KapacitorConf) -> Result<(), RefusedStart> {
        let mut state = self.state();
        let conf = at_receiver(conf, &self.receiver_url);
        *state = State::boot(conf, state.database.clone(), &self.poster, &self.clock)?;
        self.lifecycle.restart();
        self.save(&state);
        Ok(())
    }

    /// Plays the end of the process: what it only kept in memory no longer happens.
    pub fn stop(&self) {
        self.state().memory.running.clear();
    }

    /// Stops the clock, so that it only moves when it is put forward.
    pub fn stop_clock(&self) {
        self.clock.stop();
    }

    /// Puts the clock forward; what was due meanwhile has happened when this returns.
    pub fn put_clock_forward(&self, by: Duration) {
        self.clock.put_forward(by);
        self.tick();
    }

    /// Does what is due by the clock, for as long as the server exists.
    pub async fn keep_time(&self) {
        loop {
            let due_in = self.state().due_in();
            // What is due while the server hangs stays due.
            self.clock.wait(due_in.map(|due_in| due_in.max(SHORTEST_WAIT))).await;
            self.tick();
        }
    }

    fn tick(&self) {
        if self.lifecycle.is_hung() {
            return;
        }
        let mut state = self.state();
        state.tick();
        self.save(&state);
    }

    /// The configuration that it was last started with.
    pub fn conf(&self) -> KapacitorConf {
        self.state().conf.clone()
    }

    /// What it can do.
    pub fn release(&self) -> Release {
        self.release
    }

    /// The version that answers carry.
    pub fn version(&self) -> &str {
        &self.version
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the state file, where there is one. A sandbox that cannot keep its state must not go on as if it had.
    pub(super) fn save(&self, state: &State) {
        let Some(path) = &self.state_file else { return };
        if let Err(error) = state.database.save(path) {
            eprintln!("sandbox: the state file {} cannot be written: {error}", path.display());
            std::process::exit(1);
        }
    }
}

/// Puts the receiver's URL where the configuration asks for it.
fn at_receiver(mut conf: KapacitorConf, receiver_url: &str) -> KapacitorConf {
    for element in &mut conf.httpposts {
        element.url = element.url.replace(RECEIVER, receiver_url);
    }
    conf
}
