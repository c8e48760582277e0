//! What an error says.

use std::fmt;
use std::time::Duration;

use crate::kapacitor::error::kind::{ErrorKind, Responder};
use crate::kapacitor::error::server::{Server, ServerKind};
use crate::kapacitor::error::stall::Stall;
use crate::kapacitor::error::{Error, Parts};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts {
            request,
            server,
            kind,
            stall,
            ..
        } = &*self.0;
        // Who waits for others has made no request that it could be about.
        if !matches!(kind, ErrorKind::LeaseHeld { .. }) {
            write!(f, "{} {}: ", request.method, request.path)?;
        }
        match kind {
            ErrorKind::Setup(error) => write!(f, "{error}"),
            ErrorKind::Connect {
                kind,
                proxy: None,
                reason,
                ..
            } => write!(f, "{}: {reason}", kind.told(server)),
            ErrorKind::Connect {
                proxy: Some(proxy),
                reason,
                ..
            } => write!(
                f,
                "the proxy {proxy}, through which {server} is asked, did not connect: {reason}"
            ),
            ErrorKind::TimedOut { after } => {
                write!(f, "{server} gave no answer within {} s", after.as_secs_f64())?;
                match stall {
                    Some(Stall::Ended(after)) => write!(f, ", and none about any task for {} s", after.as_secs()),
                    Some(Stall::Lasts(so_far)) => write!(
                        f,
                        ", and none about any task for {} s so far, although it answers a ping",
                        so_far.as_secs()
                    ),
                    Some(Stall::Left(so_far)) => write!(
                        f,
                        ", and none about any task for {} s, until the run was interrupted",
                        so_far.as_secs()
                    ),
                    None => Ok(()),
                }
            }
            ErrorKind::Dropped { reason } => write!(f, "{server} ended the connection without a full answer: {reason}"),
            ErrorKind::Status {
                status,
                responder,
                message,
            } => write_status(f, server, *status, *responder, message),
            ErrorKind::TooLong { limit } => write!(
                f,
                "the answer from {server} is longer than {} MiB, the most that is read",
                limit / (1024 * 1024)
            ),
            ErrorKind::NotUnderstood {
                status,
                reason,
                excerpt,
                ..
            } => write_not_understood(f, server, *status, reason, excerpt),
            ErrorKind::LeaseHeld {
                holder,
                waited,
                stopped,
            } => write_lease_held(f, server, holder, *waited, *stopped),
            ErrorKind::NoChoice(choice) => write!(f, "{choice}"),
            ErrorKind::Interrupted => {
                f.write_str("the provider is shutting down; the request may have been carried out")
            }
        }
    }
}

fn write_status(
    f: &mut fmt::Formatter<'_>,
    server: &Server,
    status: u16,
    responder: Responder,
    message: &str,
) -> fmt::Result {
    match (responder, server.kind) {
        (Responder::Kapacitor, ServerKind::Kapacitor) | (_, ServerKind::Webhook) => {
            write!(f, "{server} answered {status}")?;
        }
        (Responder::Kapacitor, ServerKind::Chronograf) => {
            write!(f, "Kapacitor, asked through {server}, answered {status}")?
        }
        (Responder::Chronograf, _) => write!(
            f,
            "{server} answered {status} and did not pass the request on to Kapacitor"
        )?,
        (Responder::ChronografWithoutKapacitor, _) => {
            write!(f, "{server} answered {status}: it got no answer from its Kapacitor")?;
        }
        (Responder::Unknown, _) => write!(f, "{status} was answered at {}, but not by Kapacitor", server.address)?,
    }
    if message.is_empty() {
        return Ok(());
    }
    write!(f, ": {message}")
}

fn write_lease_held(
    f: &mut fmt::Formatter<'_>,
    server: &Server,
    holder: &str,
    waited: Duration,
    stopped: bool,
) -> fmt::Result {
    let end = if stopped {
        "the run was interrupted"
    } else {
        "the wait is over"
    };
    write!(
        f,
        "{holder} writes to {server}, and writes go one at a time; after {} s {end}, and nothing was written",
        waited.as_secs()
    )
}

fn write_not_understood(
    f: &mut fmt::Formatter<'_>,
    server: &Server,
    status: u16,
    reason: &str,
    excerpt: &str,
) -> fmt::Result {
    write!(
        f,
        "the answer from {} (status {status}) is not one of Kapacitor: {reason}",
        server.address
    )?;
    if excerpt.is_empty() {
        return Ok(());
    }
    write!(f, "; it begins: {excerpt}")
}
