//! A kind of handler.

use super::option::HandlerOption;

/// A kind of handler, such as `slack`.
#[derive(Debug, PartialEq, Eq)]
pub struct HandlerKind {
    /// Its name, in TICKscript and in the attribute `kind`.
    pub name: &'static str,
    /// The first version of Kapacitor that has it; none for those that every supported one has.
    pub since: Option<&'static str>,
    /// What it does, in one sentence.
    pub documentation: &'static str,
    /// Its options, in the order in which Kapacitor prints them.
    pub options: &'static [HandlerOption],
}

impl HandlerKind {
    /// What it does and, where that is not any, from which version of Kapacitor on.
    pub fn description(&self) -> String {
        match self.since {
            Some(version) => format!("{} Needs Kapacitor {version} or later.", self.documentation),
            None => self.documentation.to_owned(),
        }
    }
}
