//! The calls about functions.

use crate::protocol::function::signatures;
use crate::protocol::messages::*;
use crate::protocol::plugin::{named, or_bug, Plugin};
use crate::secret;
use tf_provider::Diagnostics;

impl Plugin {
    /// Answers `GetFunctions`.
    pub async fn get_functions(&self, _: &mut Diagnostics, _: GetFunctionsRequest) -> GetFunctionsResponse {
        GetFunctionsResponse {
            functions: signatures(&self.served.functions),
            diagnostics: Vec::new(),
        }
    }

    /// Answers `CallFunction`.
    pub async fn call_function(&self, diags: &mut Diagnostics, request: CallFunctionRequest) -> CallFunctionResponse {
        let Some(function) = named(diags, &self.served.functions, "function", &request.name) else {
            return CallFunctionResponse::default();
        };
        let argument = request.arguments.into_iter().next().unwrap_or_default();
        let called = function.call(diags, &argument);
        match or_bug(diags, called) {
            None => CallFunctionResponse::default(),
            Some(Ok(result)) => CallFunctionResponse {
                result: Some(result),
                error: None,
            },
            Some(Err(wrong)) => CallFunctionResponse {
                result: None,
                error: Some(FunctionError {
                    // Terraform ends it with a full stop of its own.
                    text: secret::shown(wrong.trim_end_matches('.')),
                    function_argument: Some(0),
                }),
            },
        }
    }
}
