//! Whether an endpoint exists on the server, and where it comes from.

pub(crate) mod register;
pub(crate) mod undeclared;
use crate::kapacitor::models::{Endpoint, Origin};
use crate::kapacitor::{Client, Error, Writer};

/// What the server has of an endpoint.
pub(crate) enum Presence {
    /// kapacitor.conf declares it: it is live, and so is every option that is set.
    Declared(Endpoint),
    /// Somebody added it through the API: it is listed, but not live.
    Added(Endpoint),
    /// There is none of that name.
    Missing,
}

/// Whether Kapacitor's API can change an endpoint of this name, and so can be asked where it comes from: it refuses any other
/// with a 400 (its services/config). kapacitor.conf can declare others, such as `api/alert`, and rules can name them.
pub(crate) fn is_addressable(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+');
    !name.is_empty() && name.chars().all(allowed)
}

impl Presence {
    /// Looks an endpoint up. The probe for its origin is a POST, though it changes nothing, so it is left out where
    /// `known_declared` says that it was declared before: a declared element leaves only with a restart.
    pub(crate) async fn look_up(client: &Client, name: &str, known_declared: bool) -> Result<Presence, Error> {
        client.refusal().map_or(Ok(()), Err)?;
        let endpoint = client.httppost().get(name).await?;
        Presence::of(client, endpoint, known_declared).await
    }

    /// The same for somebody who has the right to write already, and knows nothing of the endpoint.
    pub(crate) async fn look_up_within(writes: &mut Writer, name: &str) -> Result<Presence, Error> {
        let Some(endpoint) = writes.client().httppost().get(name).await? else {
            return Ok(Presence::Missing);
        };
        let origin = writes.endpoint_origin(name).await?;
        Ok(Presence::by_origin(endpoint, origin))
    }

    /// The same for a refresh, which may share its request with other endpoints.
    pub(crate) async fn refresh(client: &Client, name: &str, known_declared: bool) -> Result<Presence, Error> {
        let endpoint = client.httppost().refresh(name).await?;
        Presence::of(client, endpoint, known_declared).await
    }

    /// The same with what a read has shown.
    pub(crate) async fn of(
        client: &Client,
        endpoint: Option<Endpoint>,
        known_declared: bool,
    ) -> Result<Presence, Error> {
        let Some(endpoint) = endpoint else {
            return Ok(Presence::Missing);
        };
        if known_declared {
            return Ok(Presence::Declared(endpoint));
        }
        let origin = client.endpoint_origin(&endpoint.name).await?;
        Ok(Presence::by_origin(endpoint, origin))
    }

    fn by_origin(endpoint: Endpoint, origin: Origin) -> Presence {
        match origin {
            Origin::Declared => Presence::Declared(endpoint),
            Origin::Added => Presence::Added(endpoint),
            Origin::Missing => Presence::Missing,
        }
    }
}
