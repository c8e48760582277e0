//! How earlier Chronografs wrote what today's writes otherwise.
//!
//! Chronograf 1.11.4 still lists these as rules of its builder, and writes them anew when they are saved there. The forms
//! are those of the history of its kapacitor/vars.go and influxout.go.

use super::expression::{identifier, string, Written};
use crate::tickscript::ast::{self, Binary, Expression};

/// What an earlier Chronograf wrote in another way. The default is the way of today.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Dialect {
    /// The alert's id ends in `:{{.Group}}`: before 1.7.15, and before 1.4 also without groups.
    pub colon_id: bool,
    /// Points without the field count too: before 1.8.7.
    pub any_point: bool,
    /// The value goes into the alert history as it is, not as a float: before 1.4.
    pub value_as_it_is: bool,
}

/// The alert's id as Chronograf wrote it before 1.8; before 1.4 for rules without groups too.
pub(super) fn colon_id() -> Written<Expression> {
    Ok(Binary::new(identifier("name"), ast::Operator::Plus, string(":{{.Group}}")?).into())
}
