//! What Kapacitor checks once a script is compiled.

use crate::engine::plan::{Const, NodePlan};

/// What Kapacitor checks of a whole node.
pub(super) fn validate(node: &NodePlan) -> Result<(), String> {
    match node.function.as_str() {
        "eval" => {
            let arguments = |name: &str| {
                node.property(name)
                    .map(|property| property.arguments.as_slice())
                    .unwrap_or_default()
            };
            let (names, expressions) = (arguments("as").len(), node.arguments.len());
            if let Some(Const::String(tag)) = arguments("tags").iter().find(|tag| !arguments("as").contains(tag)) {
                return Err(format!(
                    "invalid tag name \"{tag}\", name is not present is .as() names"
                ));
            }
            if names != expressions {
                return Err(format!(
                    "must specify same number of expressions and .as() names: got {names} as names, and {expressions} expressions."
                ));
            }
            Ok(())
        }
        "from" => {
            let arguments = node
                .property("groupBy")
                .map(|property| property.arguments.as_slice())
                .unwrap_or_default();
            if arguments.len() > 1 && arguments.contains(&Const::Star) {
                return Err("cannot group by both '*' and named dimensions.".to_owned());
            }
            Ok(())
        }
        "httpPost" if node.arguments.len() > 1 => Err(format!(
            "httpPost expects 0 or 1 arguments, got {}",
            node.arguments.len()
        )),
        "httpPost" if !node.arguments.is_empty() && node.property("endpoint").is_some() => {
            Err("only one endpoint and url may be specified".to_owned())
        }
        _ => Ok(()),
    }
}
