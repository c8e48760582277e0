//! Functions, which are pure and need no configuration.

use super::messages::{self, DynamicValue, FunctionParameter, FunctionReturn};
use serde::de::DeserializeOwned;
use serde::Serialize;
use std::collections::BTreeMap;
use tf_provider::schema::Type;
use tf_provider::Diagnostics;

/// The protocol's number for a description in Markdown.
const MARKDOWN: i32 = 1;

/// The signature of a function with one parameter, which is neither null nor unknown when it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// What it does, in one line.
    pub in_one_line: &'static str,
    /// The same at length, in Markdown.
    pub description: &'static str,
    /// The name of the parameter.
    pub parameter: &'static str,
    /// The type of the parameter.
    pub parameter_type: Type,
    /// What the parameter is, in Markdown.
    pub parameter_description: &'static str,
    /// The type of the result.
    pub return_type: Type,
}

/// A function of one argument.
pub trait Function: Send + Sync {
    /// What it takes.
    type Argument: DeserializeOwned;
    /// What it returns.
    type Output: Serialize;

    /// Its signature.
    fn signature(&self) -> Signature;

    /// The result, or what is wrong with the argument.
    fn call(&self, argument: Self::Argument) -> Result<Self::Output, String>;
}

/// A function whose types are not known.
pub trait DynFunction: Send + Sync {
    /// See [`Function::signature`].
    fn signature(&self) -> Signature;

    /// See [`Function::call`]. Nothing where `diags` tells why.
    fn call(&self, diags: &mut Diagnostics, argument: &DynamicValue) -> Option<Result<DynamicValue, String>>;
}

impl<F: Function> DynFunction for F {
    fn signature(&self) -> Signature {
        Function::signature(self)
    }

    fn call(&self, diags: &mut Diagnostics, argument: &DynamicValue) -> Option<Result<DynamicValue, String>> {
        let argument = argument.decode(diags, "argument of the function")?;
        match Function::call(self, argument) {
            Ok(output) => DynamicValue::encode(diags, &output).map(Ok),
            Err(wrong) => Some(Err(wrong)),
        }
    }
}

/// The signatures of all functions, as Terraform takes them.
pub(super) fn signatures(functions: &BTreeMap<String, Box<dyn DynFunction>>) -> BTreeMap<String, messages::Function> {
    let functions = functions.iter();
    functions
        .map(|(name, function)| (name.clone(), to_message(&function.signature())))
        .collect()
}

fn to_message(signature: &Signature) -> messages::Function {
    messages::Function {
        parameters: vec![FunctionParameter {
            name: signature.parameter.to_owned(),
            r#type: signature.parameter_type.to_string().into(),
            allow_null_value: false,
            allow_unknown_values: false,
            description: signature.parameter_description.to_owned(),
            description_kind: MARKDOWN,
        }],
        r#return: Some(FunctionReturn {
            r#type: signature.return_type.to_string().into(),
        }),
        summary: signature.in_one_line.to_owned(),
        description: signature.description.to_owned(),
        description_kind: MARKDOWN,
    }
}
