//! `squadcast_kapacitor_backtest`: how often a rule would have fired.

mod definition;
mod names;
#[cfg(test)]
mod replay_tests;
mod run;
mod shared;
mod state;
mod times;

pub(super) use self::shared::Shared;
pub(super) use self::state::BacktestState;

use self::run::{Failure, Job, Outcome};
use self::times::BadTime;
use crate::backtest::{Backtest, BacktestError, Range, Reason};
use crate::provider::connection::Connection;
use crate::provider::diagnostics::{counted, explain, server_error};
use crate::provider::values::{known, Text};
use async_trait::async_trait;
use tf_provider::schema::Schema;
use tf_provider::value::{Value, ValueEmpty};
use tf_provider::{AttributePath, DataSource, Diagnostics};

/// The data source.
pub(super) struct BacktestData {
    connection: Connection,
    shared: Shared,
}

impl BacktestData {
    /// The data source, which uses the provider's connection. What is `shared` is what all of the process share.
    pub(super) fn new(connection: Connection, shared: Shared) -> Self {
        BacktestData { connection, shared }
    }
}

#[async_trait]
impl DataSource for BacktestData {
    type State<'a> = BacktestState;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(Schema {
            version: 0,
            block: definition::schema(),
        })
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: BacktestState) -> Option<()> {
        let unknown = [
            &config.tickscript,
            &config.script,
            &config.since,
            &config.start,
            &config.stop,
        ];
        if unknown.into_iter().any(|text| matches!(text, Value::Unknown)) || is_open(&config) {
            // The read looks at it.
            return Some(());
        }
        // What is wrong is told; what the read is to do, it makes anew.
        let _ = job(diags, &config);
        Some(())
    }

    async fn read<'a>(
        &self,
        diags: &mut Diagnostics,
        mut state: BacktestState,
        _: ValueEmpty,
    ) -> Option<BacktestState> {
        let job = job(diags, &state)?;
        let client = self.connection.required(diags)?;
        let (result, deleted) = run::run(&client, &self.shared, &job).await;
        self.connection.warn_of_choice(diags);
        if let (Ok(_), Err(error)) = (&result, &deleted) {
            diags.warning(
                "A back-test has left something behind",
                format!(
                    "{}\n\nIts tasks, recordings, replays and topics have names that begin with squadcast-backtest-. None of them \
                     runs, and the next back-test deletes them.",
                    explain("deleting what the back-test has made", error)
                ),
                AttributePath::root(),
            );
        }
        match result {
            Ok(Outcome { history, points }) => {
                state.fill(job.range, &history, points);
                Some(state)
            }
            Err(failure) => {
                report(diags, &job, failure);
                None
            }
        }
    }
}

/// Whether something is still to be known that the copy depends on.
fn is_open(config: &BacktestState) -> bool {
    let texts = [&config.database, &config.retention_policy, &config.timeout];
    texts.into_iter().any(|text| matches!(text, Value::Unknown))
}

/// What is to be done, or what is wrong with the attributes.
fn job(diags: &mut Diagnostics, state: &BacktestState) -> Option<Job> {
    let range = times::range(
        known(&state.since),
        known(&state.start),
        known(&state.stop),
        times::now(),
    );
    let timeout = times::wait("timeout", known(&state.timeout).unwrap_or(definition::TIMEOUT));
    let copy = copy(diags, state);
    let range = checked(diags, range);
    let timeout = checked(diags, timeout);
    Some(Job {
        copy: copy?,
        range: range?,
        cluster: known(&state.cluster).unwrap_or_default().to_owned(),
        max_points: match state.max_points {
            Value::Value(points) => points,
            _ => definition::MAX_POINTS,
        },
        timeout: timeout?,
    })
}

fn checked<T>(diags: &mut Diagnostics, result: Result<T, BadTime>) -> Option<T> {
    match result {
        Ok(found) => Some(found),
        Err(error) => {
            let attribute = AttributePath::new(error.attribute);
            diags.error("Invalid attribute value", format!("{}.", error.reason), attribute);
            None
        }
    }
}

fn copy(diags: &mut Diagnostics, state: &BacktestState) -> Option<Backtest> {
    let (attribute, script) = match (known(&state.tickscript), known(&state.script)) {
        (Some(script), None) => ("tickscript", script),
        (None, Some(script)) => ("script", script),
        _ => {
            diags.error(
                "Invalid attribute value",
                "One of tickscript and script is needed, and not both.",
                AttributePath::new("tickscript"),
            );
            return None;
        }
    };
    let text = |text: &Text| known(text).filter(|text| !text.is_empty()).map(str::to_owned);
    let database = text(&state.database).zip(text(&state.retention_policy));
    match Backtest::of(script, database) {
        Ok(copy) => Some(copy),
        Err(error) => {
            let detail = format!("{error}.{}", advice(&error));
            diags.error(
                "The script cannot be back-tested",
                detail,
                AttributePath::new(attribute),
            );
            None
        }
    }
}

fn advice(error: &BacktestError) -> &'static str {
    match error {
        BacktestError::Parse(_) => "",
        BacktestError::Refused(refusal) => match refusal.reason {
            Reason::NoDatabase => "\n\nSet database and retention_policy.",
            Reason::Masked => {
                "\n\nThe attribute tickscript of a rule hides texts that may be secret, such as a text that a field is compared \
                 with. Set script to the script itself."
            }
            Reason::Clock | Reason::OtherSource | Reason::Flux => {
                "\n\nOnly the server that runs the rule can tell how often it fires."
            }
            _ => "\n\nA back-test may run only what surely sends and changes nothing.",
        },
    }
}

fn report(diags: &mut Diagnostics, job: &Job, failure: Failure) {
    let Range { start, stop } = job.range;
    let range = format!("from {} to {}", times::rfc3339(start), times::rfc3339(stop));
    let (summary, detail, attribute) = match failure {
        Failure::Server(error) => {
            return server_error(diags, "back-testing the script", AttributePath::root(), &error);
        }
        Failure::Recording(words) => (
            "Kapacitor could not record the data",
            format!(
                "Kapacitor asked its InfluxDB for the points {range}: {words}.\n\nThe InfluxDB has to be one of the [[influxdb]] of \
                 kapacitor.conf, and hold the database and retention policy that the script reads. Set cluster if it is not \
                 Kapacitor's default one."
            ),
            "cluster",
        ),
        Failure::Replay(words) => (
            "The back-test ended with an error",
            format!("Kapacitor replayed the points {range}: {words}.\n\nThe rule itself would end in the same way."),
            "tickscript",
        ),
        Failure::TooManyPoints(points) => (
            "There are too many points for a back-test",
            format!(
                "There are {points} points {range}, and at most {} are read, since Kapacitor holds them in memory.\n\nLook less far \
                 back, or set max_points.",
                job.max_points
            ),
            "max_points",
        ),
        Failure::TimedOut(doing, told) => (
            "The back-test took too long",
            format!(
                "Kapacitor was still {doing} {range} when {} s had passed. The alerts had told {} by then.\n\nLook less \
                 far back, or set timeout. Kapacitor goes on with what it has begun.",
                job.timeout.as_secs(),
                counted(told, "event")
            ),
            "timeout",
        ),
        Failure::Stopped => (
            "The back-test was interrupted",
            "Terraform was asked to stop. What the back-test had made is deleted.".to_owned(),
            "since",
        ),
        Failure::Gone(doing) => (
            "The back-test was deleted meanwhile",
            format!(
                "Kapacitor was {doing}, and does not know of it any more.\n\nAnother machine deletes what it takes for left behind \
                 by a run that was killed, if the clocks of the two differ by more than timeout."
            ),
            "timeout",
        ),
        Failure::NotUnderstood(error) => (
            "The back-test told something else than events",
            format!("Kapacitor's topic of the back-test holds what its copy has not sent: {error}."),
            "tickscript",
        ),
    };
    diags.error(summary, detail, AttributePath::new(attribute));
}
