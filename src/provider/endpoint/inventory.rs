//! The endpoints of a server that a configuration can take over, and why each other one cannot.

use super::check::can_be_name;
use super::imported::imported;
use super::presence::Presence;
use super::state::model::EndpointState;
use crate::kapacitor::{Client, Error};

/// What came of the endpoints of a server.
pub(crate) struct Inventory {
    /// Those that kapacitor.conf declares, by name.
    pub declared: Vec<(String, EndpointState)>,
    /// The others, with the reason.
    pub others: Vec<(String, &'static str)>,
}

/// Reads all endpoints.
///
/// # Errors
/// As [`Error`] says.
pub(crate) async fn inventory(client: &Client) -> Result<Inventory, Error> {
    let mut read = Inventory {
        declared: Vec::new(),
        others: Vec::new(),
    };
    for endpoint in client.httppost().list().await? {
        if !can_be_name(&endpoint.name) {
            read.others
                .push((endpoint.name, "Kapacitor's API cannot change an endpoint of this name"));
            continue;
        }
        let name = endpoint.name.clone();
        match Presence::of(client, Some(endpoint), false).await? {
            Presence::Declared(endpoint) => read.declared.push((name, imported(&endpoint).0)),
            Presence::Added(_) => read.others.push((
                name,
                "kapacitor.conf does not declare it, so that Kapacitor never delivers to it",
            )),
            Presence::Missing => {}
        }
    }
    Ok(read)
}
