//! `undeclared = "register"`: an endpoint that is added through the API, kept only where it is live.

use crate::kapacitor::models::{CreateTask, Dbrp, EndpointOptions, Status, TaskType};
use crate::kapacitor::{Client, Error, Writer};

/// The last release of which it was measured that an added endpoint never goes live.
const LAST_KNOWN_BAD: (u64, u64, u64) = (1, 8, 3);

/// What became of a registration.
pub(crate) enum Registration {
    /// Kapacitor delivers to the endpoint.
    Live,
    /// It does not, and nothing was left behind; the text says how that is known.
    NotLive(String),
}

/// Adds the endpoint, checks whether a task can use it, and removes it again where none can.
///
/// `exists` says that somebody added it before: then it is only set, and not removed.
pub(crate) async fn register(
    client: &Client,
    name: &str,
    options: &EndpointOptions,
    exists: bool,
) -> Result<Registration, Error> {
    let version = client.ping().await?;
    if let Some(version) = version.as_str().filter(|version| is_known_bad(version)) {
        return Ok(Registration::NotLive(format!(
            "This is Kapacitor {version}, which does not deliver to endpoints added through its API."
        )));
    }
    let mut writes = client.writes().await?;
    if exists {
        writes.set_endpoint(name, options, &[]).await?;
    } else {
        writes.add_endpoint(name, options).await?;
    }
    let outcome = try_out(&mut writes, name).await;
    let keep = exists || matches!(outcome, Ok(Registration::Live));
    if !keep {
        writes.remove_endpoint(name).await?;
    }
    outcome
}

/// Starts a task that posts to nothing but the endpoint, which fails where the endpoint is not live.
async fn try_out(writes: &mut Writer, name: &str) -> Result<Registration, Error> {
    let task = CreateTask {
        id: format!("squadcast-endpoint-probe-{name}"),
        task_type: TaskType::Stream,
        dbrps: vec![Dbrp {
            db: "squadcast_endpoint_probe".into(),
            rp: "autogen".into(),
        }],
        script: format!("stream\n    |from()\n    |alert()\n        .crit(lambda: FALSE)\n        .post()\n        .endpoint('{name}')\n"),
        vars: Default::default(),
        template_id: String::new(),
        status: Status::Enabled,
        secrets: Vec::new(),
    };
    let started = writes.create_task(&task).await;
    writes.delete_task(&task.id).await?;
    match started {
        Ok(task) if task.is_running() => Ok(Registration::Live),
        Ok(task) => Ok(Registration::NotLive(format!("Kapacitor said: {}", task.error))),
        Err(error) => match error.kapacitor_message() {
            Some(words) => Ok(Registration::NotLive(format!("Kapacitor said: {words}"))),
            None => Err(error),
        },
    }
}

fn is_known_bad(version: &str) -> bool {
    let mut numbers = version
        .trim_start_matches('v')
        .split(['.', '-', '~', '+'])
        .map(|part| part.parse::<u64>().ok());
    let triple = (
        numbers.next().flatten(),
        numbers.next().flatten(),
        numbers.next().flatten(),
    );
    match triple {
        (Some(major), Some(minor), patch) => (major, minor, patch.unwrap_or(0)) <= LAST_KNOWN_BAD,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_known_bad;

    #[test]
    fn releases_up_to_the_last_measured_one_are_known_bad() {
        for version in ["1.5.0", "v1.8.3", "1.8.3-rc1", "1.8"] {
            assert!(is_known_bad(version), "{version}");
        }
        for version in ["1.8.4", "1.9.0", "2.0.0", "", "nightly"] {
            assert!(!is_known_bad(version), "{version}");
        }
    }
}
