//! The operations of RFC 6902 that changing a handler takes.

use crate::go::quote::quote;
use serde_json::Value;

/// Applies a patch.
pub fn apply(target: &mut Value, operations: &[Value]) -> Result<(), String> {
    for operation in operations {
        let text = |name: &str| {
            operation
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let (action, path) = (text("op"), text("path"));
        let value = operation.get("value").cloned().unwrap_or(Value::Null);
        let (parent, last) = parent(target, &path)?;
        match (action.as_str(), parent) {
            // As recorded, `replace` of a member that is not there adds it.
            ("add" | "replace", Value::Object(map)) => drop(map.insert(last, value)),
            ("remove", Value::Object(map)) if map.contains_key(&last) => drop(map.remove(&last)),
            ("remove", _) => return Err(format!("Unable to remove nonexistent key: {last}")),
            ("add" | "replace", _) => {
                return Err(format!(
                    "{action} operation does not apply: doc is missing path: {path}"
                ))
            }
            (other, _) => return Err(format!("Unexpected kind: {}", quote(other))),
        }
    }
    Ok(())
}

/// The value that holds the path's last part.
fn parent<'a>(target: &'a mut Value, path: &str) -> Result<(&'a mut Value, String), String> {
    let missing = || format!("replace operation does not apply: doc is missing path: {path}");
    let mut parts: Vec<String> = path
        .split('/')
        .skip(1)
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .collect();
    let last = parts.pop().ok_or_else(missing)?;
    let mut current = target;
    for part in parts {
        current = current.get_mut(&part).ok_or_else(missing)?;
    }
    Ok((current, last))
}
