//! `tickscript_format`.

use super::script::{parse, SCRIPT};
use crate::protocol::{Function, Signature};
use tf_provider::schema::Type;

/// A script as Kapacitor prints it.
pub(crate) struct TickscriptFormat;

impl Function for TickscriptFormat {
    type Argument = String;
    type Output = String;

    fn signature(&self) -> Signature {
        Signature {
            in_one_line: "Formats a TICKscript as Kapacitor does.",
            description: "Returns the TICKscript as Kapacitor's API shows it, so that scripts which differ in their layout alone \
                          come to the same. What Kapacitor's parser refuses is an error with line and column. Whether the \
                          nodes and properties exist is for Kapacitor to know.",
            parameter: "script",
            parameter_type: Type::String,
            parameter_description: SCRIPT,
            return_type: Type::String,
        }
    }

    fn call(&self, script: String) -> Result<String, String> {
        parse(&script).map(|program| program.to_string())
    }
}
