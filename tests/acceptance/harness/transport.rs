//! The one place that says how the provider reaches the server.

use super::hcl::quoted;

/// The provider's source address.
pub const SOURCE: &str = "squadcast-kapacitor/squadcast";

/// Which provider this is, and how it reaches the server. `settings` are further lines of the provider's block.
pub fn provider_block(kapacitor: &str, settings: &str) -> String {
    format!(
        "{REQUIRED_PROVIDERS}\nprovider \"squadcast\" {{\n  {}\n  {settings}\n}}\n",
        address(kapacitor)
    )
}

/// A provider that is told nothing about where the server is.
pub fn provider_without_address() -> String {
    format!("{REQUIRED_PROVIDERS}\nprovider \"squadcast\" {{}}\n")
}

fn address(kapacitor: &str) -> String {
    format!("url = {}", quoted(kapacitor))
}

const REQUIRED_PROVIDERS: &str = r#"terraform {
  required_providers {
    squadcast = {
      source = "squadcast-kapacitor/squadcast"
    }
  }
}
"#;
