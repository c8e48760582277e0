//! The one place that says how the provider reaches the server: directly, or through Chronograf.

use super::hcl::quoted;
use super::Server;

/// The provider's source address.
pub(super) const SOURCE: &str = "squadcast-kapacitor/squadcast";

/// The way on which the provider reaches the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    /// Straight to Kapacitor.
    Direct,
    /// Through Chronograf's proxy.
    Chronograf,
}

impl Transport {
    /// The way of this run: TRANSPORT names it, and a CHRONOGRAF_URL alone asks for the one through Chronograf.
    pub(crate) fn of_this_run() -> Self {
        match (set("TRANSPORT").as_deref(), set("CHRONOGRAF_URL")) {
            (Some("chronograf"), _) | (None, Some(_)) => Transport::Chronograf,
            (Some("direct"), _) | (None, None) => Transport::Direct,
            (Some(other), _) => panic!("TRANSPORT is {other:?}; it has to be \"direct\" or \"chronograf\""),
        }
    }
}

/// The value of an environment variable of the tests; an empty one counts as not set.
pub(super) fn set(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|value| !value.is_empty())
}

/// Which provider this is, and how it reaches the server. `settings` are further lines of the provider's block.
pub(crate) fn provider_block(server: &Server, settings: &str) -> String {
    provider(&format!("{}\n  {settings}", address(server, "")))
}

/// The same with credentials for whoever is asked. `credentials` are lines with `username` and `password`.
pub(crate) fn provider_with_credentials(server: &Server, credentials: &str, settings: &str) -> String {
    provider(&format!("{}\n  {settings}", address(server, credentials)))
}

/// A provider that is told nothing about where the server is.
pub(crate) fn provider_without_address() -> String {
    provider("")
}

/// Which provider this is, and all that stands in its block.
pub(crate) fn provider(content: &str) -> String {
    format!("{REQUIRED_PROVIDERS}\nprovider \"squadcast\" {{\n  {content}\n}}\n")
}

/// The environment variable that names the server to a provider without an address, and its value.
pub(crate) fn address_in_environment(server: &Server) -> (&'static str, String) {
    match server.chronograf_url() {
        None => ("KAPACITOR_URL", server.kapacitor_url()),
        Some(chronograf) => ("CHRONOGRAF_URL", chronograf),
    }
}

fn address(server: &Server, credentials: &str) -> String {
    match server.chronograf_url() {
        None => format!("url = {}\n  {credentials}", quoted(&server.kapacitor_url())),
        Some(chronograf) => format!(
            "chronograf = {{\n    url = {}\n    {credentials}\n  }}",
            quoted(&chronograf)
        ),
    }
}

const REQUIRED_PROVIDERS: &str = r#"terraform {
  required_providers {
    squadcast = {
      source = "squadcast-kapacitor/squadcast"
    }
  }
}
"#;
