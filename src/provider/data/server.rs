//! `squadcast_kapacitor_server`: the Kapacitor that the provider talks to.

use super::Query;
use crate::kapacitor::models::Feature;
use crate::kapacitor::{Client, Error, ServerKind};
use crate::provider::attributes::{block, Definition, Given, Kind};
use crate::provider::values::{text_list, Text, TextList};
use crate::rule::handlers::KINDS;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tf_provider::schema::Block;
use tf_provider::value::Value;
use tf_provider::Diagnostics;

/// The server.
pub(crate) struct TheServer;

/// The data source.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct ServerState {
    pub url: Text,
    pub through: Text,
    pub version: Text,
    pub features: TextList,
    pub handlers: TextList,
}

#[async_trait]
impl Query for TheServer {
    type State = ServerState;
    const DOING: &'static str = "asking the server what it can do";

    fn block() -> Block {
        let computed = |name, kind, description: String| Definition::new(name, kind, Given::Computed, description);
        let features: Vec<String> = Feature::ALL.map(|feature| format!("`{}`", feature.name())).to_vec();
        block(
            "Tells which Kapacitor the provider talks to, and what of it works for this provider's credentials.",
            &[
                computed("url", Kind::Text, "Scheme, host and port that requests go to: Kapacitor's, or Chronograf's.".into()),
                computed("through", Kind::Text, "`direct`, or `chronograf` where requests go through Chronograf's proxy.".into()),
                computed("version", Kind::Text, "Kapacitor's version, such as `1.8.3`; empty for a build that was made without one.".into()),
                computed("features", Kind::TextList, format!(
                    "The parts of the API that answer, of {}. `endpoints` lacks where kapacitor.conf has `[config-override] enabled = false`, and each where the user may not use it. Without `templates` nothing keeps two machines from writing at the same time.",
                    features.join(", ")
                )),
                computed("handlers", Kind::TextList, "The kinds of handlers that this version has, `post` first.".into()),
            ],
        )
    }

    async fn answer(
        _: &mut Diagnostics,
        client: &Client,
        mut state: ServerState,
    ) -> Result<Option<ServerState>, Error> {
        let version = client.ping().await?;
        let features = client.features().await?;
        let server = client.server();
        let has = |since: Option<&str>| since.is_none_or(|since| !version.is_before(since));
        let kinds = KINDS.iter().filter(|kind| has(kind.since)).map(|kind| kind.name);
        state.handlers = text_list(["post"].into_iter().chain(kinds).map(str::to_owned).collect());
        state.version = Value::Value(version.as_str().unwrap_or_default().to_owned());
        state.features = text_list(features.into_iter().map(|feature| feature.name().to_owned()).collect());
        state.url = Value::Value(server.address);
        state.through = Value::Value(match server.kind {
            ServerKind::Chronograf => "chronograf".to_owned(),
            ServerKind::Kapacitor | ServerKind::Webhook => "direct".to_owned(),
        });
        Ok(Some(state))
    }
}
