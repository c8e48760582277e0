//! Functions, called as Terraform calls them.

use super::client::{received, sent};
use crate::protocol::messages::CallFunctionRequest;
use crate::protocol::plugin::Plugin;
use crate::protocol::ServedProvider;
use serde_json::Value;
use tf_provider::Diagnostics;

/// The result of a provider's function, or the error's text and the argument that it points to.
pub(crate) async fn call_function(
    provider: impl ServedProvider,
    name: &str,
    argument: Value,
) -> Result<Value, (String, Option<i64>)> {
    let request = CallFunctionRequest {
        name: name.to_owned(),
        arguments: sent(argument).into_iter().collect(),
    };
    let mut diags = Diagnostics::default();
    let response = Plugin::new(provider, || {}).call_function(&mut diags, request).await;
    assert!(diags.errors.is_empty(), "{:?}", diags.errors);
    match response.error {
        Some(error) => Err((error.text, error.function_argument)),
        None => Ok(received(&response.result)),
    }
}
