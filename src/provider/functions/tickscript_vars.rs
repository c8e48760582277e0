//! `tickscript_vars`.

use super::script::{parse, SCRIPT};
use crate::protocol::{Function, Signature};
use crate::tickscript::DeclaredVar;
use serde::Serialize;
use std::collections::BTreeMap;
use tf_provider::map;
use tf_provider::schema::Type;

/// The vars that a script declares.
pub(crate) struct TickscriptVars;

/// A var, as Terraform sees it.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub(crate) struct Var {
    pub r#type: String,
    pub value: Option<String>,
    pub description: String,
}

impl Function for TickscriptVars {
    type Argument = String;
    type Output = BTreeMap<String, Var>;

    fn signature(&self) -> Signature {
        Signature {
            in_one_line: "Lists the vars that a TICKscript declares.",
            description: "Returns the vars of a TICKscript or a template by name. `type` is `bool`, `int`, `float`, `string`, \
                          `duration`, `regex`, `lambda`, `list` or `star`; `value` is the default as it stands in the \
                          script, and null where only the type is declared, so that a task has to set it; `description` is \
                          the comment before the var. A var that is computed, such as `var data = stream|from()`, is left \
                          out. A script that Kapacitor's parser refuses is an error with line and column, and so is a var \
                          that is declared twice.",
            parameter: "script",
            parameter_type: Type::String,
            parameter_description: SCRIPT,
            return_type: Type::Map(Box::new(Type::Object(map! {
                "type" => Type::String,
                "value" => Type::String,
                "description" => Type::String,
            }))),
        }
    }

    fn call(&self, script: String) -> Result<BTreeMap<String, Var>, String> {
        let mut vars = BTreeMap::new();
        for DeclaredVar {
            name,
            kind,
            value,
            description,
        } in parse(&script)?.declared_vars()
        {
            let var = Var {
                r#type: kind,
                value,
                description,
            };
            if vars.insert(name.clone(), var).is_some() {
                return Err(format!(
                    "The var {name} is declared twice, which Kapacitor refuses. Remove or rename one of them."
                ));
            }
        }
        Ok(vars)
    }
}
