//! Puts faults and the log between a server and its clients.

use crate::server::exchange::{Answer, Reply, Request};
use crate::server::faults::{Faults, Kind};
use crate::server::journal::{Journal, Outcome, SeenRequest};
use crate::server::listener::{Handler, Played};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// What a server does with a request.
pub type Act = Arc<dyn Fn(Request) -> Pin<Box<dyn Future<Output = Reply> + Send>> + Send + Sync>;

/// The handler of a server with faults and a log.
pub fn faulty(act: Act, faults: &Faults, journal: &Journal) -> Handler {
    let (faults, journal) = (faults.clone(), journal.clone());
    Arc::new(move |mut request: Request| {
        let (act, faults, journal) = (Arc::clone(&act), faults.clone(), journal.clone());
        Box::pin(async move {
            let entry = journal.open(seen(&request));
            request.entry = Some(entry.clone());
            // What a client began goes on when the client goes away, as in Kapacitor.
            let fault = faults.strike(&request);
            let played = tokio::spawn(play(act, request, fault)).await;
            let played = played.unwrap_or_else(|_| Reply::Drop.into());
            entry.close(outcome(&played));
            played
        })
    })
}

/// Acts on a request, with the fault that strikes it.
async fn play(act: Act, request: Request, fault: Option<Kind>) -> Played {
    let not_acted = matches!(
        fault,
        Some(
            Kind::Refuse
                | Kind::Drop { acted: false }
                | Kind::Hang { acted: false }
                | Kind::Answer { acted: false, .. }
        )
    );
    let reply = if not_acted { Reply::Drop } else { act(request).await };
    match fault {
        None => reply.into(),
        Some(Kind::Refuse | Kind::Drop { .. }) => Reply::Drop.into(),
        Some(Kind::Hang { .. }) => Reply::Hang.into(),
        Some(Kind::Answer {
            status, headers, body, ..
        }) => Reply::Answer(Answer {
            status,
            headers,
            body: body.into(),
        })
        .into(),
        Some(Kind::Truncate) => Played { reply, truncated: true },
        Some(Kind::Slow { millis }) => {
            tokio::time::sleep(Duration::from_millis(millis)).await;
            reply.into()
        }
    }
}

fn seen(request: &Request) -> SeenRequest {
    SeenRequest {
        method: request.method.clone(),
        path: request.target.clone(),
        headers: request.headers.clone(),
        body: request.text().into_owned(),
        outcome: Outcome::Pending,
    }
}

fn outcome(played: &Played) -> Outcome {
    match &played.reply {
        Reply::Answer(_) if played.truncated => Outcome::Dropped,
        Reply::Answer(answer) => Outcome::Answered(answer.status),
        Reply::Drop => Outcome::Dropped,
        Reply::Hang => Outcome::Hanging,
    }
}
