//! The one place that says how the provider reaches the server.

use super::hcl::quoted;

/// Which provider this is, and how it reaches the server. `settings` are further lines of the provider's block.
pub fn provider_block(kapacitor: &str, settings: &str) -> String {
    format!(
        r#"terraform {{
  required_providers {{
    squadcast = {{
      source = "{SOURCE}"
    }}
  }}
}}

provider "squadcast" {{
  url = {url}
  {settings}
}}
"#,
        url = quoted(kapacitor)
    )
}

/// The provider's source address.
pub const SOURCE: &str = "squadcast-kapacitor/squadcast";
