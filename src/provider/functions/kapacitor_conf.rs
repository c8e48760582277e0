//! `kapacitor_conf`.

use super::object;
use crate::protocol::{Dynamic, Function, Signature};
use crate::provider::endpoint::check::check;
use crate::provider::endpoint::conf;
use crate::provider::endpoint::definition;
use crate::provider::endpoint::state::model::EndpointState;
use serde_json::Value;
use tf_provider::schema::Type;
use tf_provider::Diagnostics;

/// The lines of kapacitor.conf that declare endpoints.
pub(crate) struct KapacitorConf;

impl Function for KapacitorConf {
    type Argument = Dynamic;
    type Output = String;

    fn signature(&self) -> Signature {
        Signature {
            in_one_line: "Writes the lines of kapacitor.conf that declare endpoints.",
            description: "Returns an element `[[httppost]]` for each endpoint, as TOML to put into kapacitor.conf: Kapacitor \
                          delivers only to endpoints that its configuration file declares, and a restart reads it. The lines \
                          hold the secrets that they are given, so that the result is sensitive if an argument is. What is \
                          wrong with an endpoint is an error that names its place in the list and the attribute.",
            parameter: "endpoints",
            parameter_type: Type::Any,
            parameter_description: "A list of objects with the attributes of `squadcast_kapacitor_endpoint`, of which each needs \
                                    `name`, and `url` or `url_env`. Resources of that type will do.",
            return_type: Type::String,
        }
    }

    fn call(&self, Dynamic(endpoints): Dynamic) -> Result<String, String> {
        let Value::Array(endpoints) = endpoints else {
            return Err("Give a list of objects, such as [{ name = \"squadcast\", url = var.url }].".to_owned());
        };
        let mut names: Vec<String> = Vec::new();
        let mut elements = Vec::new();
        for (index, endpoint) in endpoints.into_iter().enumerate() {
            let state = read(endpoint).map_err(|wrong| format!("endpoints[{index}]{wrong}"))?;
            if names.iter().any(|name| name == state.name()) {
                return Err(format!(
                    "endpoints[{index}].name: there are two endpoints {:?}, with which Kapacitor does not start.",
                    state.name()
                ));
            }
            names.push(state.name().to_owned());
            let element = conf::kapacitor_conf(&state);
            elements.extend(element);
        }
        Ok(elements.join("\n"))
    }
}

/// An endpoint. The error begins with the path of the attribute.
fn read(endpoint: Value) -> Result<EndpointState, String> {
    let members = object::read(endpoint, &definition::attributes(), "an endpoint")?;
    // What does not fit would quote a value, which may be secret.
    let state: EndpointState = serde_json::from_value(Value::Object(members))
        .map_err(|_| ": an attribute has another type than the resource's.".to_owned())?;
    if state.name().is_empty() {
        return Err(".name: it is missing.".to_owned());
    }
    if state.url.is_null() && state.url_env.is_null() && state.url_wo_version.is_null() {
        return Err(".url: set `url`, or `url_env`.".to_owned());
    }
    let mut diags = Diagnostics::default();
    check(&mut diags, &state);
    match diags.errors.first() {
        Some(error) => Err(format!(".{}: {}", error.attribute, error.detail)),
        None => Ok(state),
    }
}
