//! The handlers of Chronograf's rule builder other than `post`: one table says all there is to know of each.

use std::collections::BTreeMap;

/// What to do when an alert fires: a kind of handler and its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handler {
    kind: &'static HandlerKind,
    options: BTreeMap<&'static str, OptionValue>,
}

/// A kind of handler, such as `slack`.
#[derive(Debug, PartialEq, Eq)]
pub struct HandlerKind {
    /// Its name, in TICKscript and in the attribute `kind`.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub documentation: &'static str,
    /// Its options, in the order in which Kapacitor prints them.
    pub options: &'static [HandlerOption],
}

/// An option of a kind of handler.
#[derive(Debug, PartialEq, Eq)]
pub struct HandlerOption {
    /// Its name in the map `options` or `secrets`.
    pub name: &'static str,
    /// What it means, in one sentence.
    pub documentation: &'static str,
    /// Its type.
    pub kind: OptionKind,
    /// Whether the handler is refused without it.
    pub required: bool,
    /// Whether it belongs into the map `secrets`.
    pub secret: bool,
    /// Whether Kapacitor expands `{{ … }}` in it.
    pub template: bool,
}

/// The type of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionKind {
    /// A text.
    Text,
    /// Several texts: separated by commas, or a JSON array.
    List,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Integer,
}

/// The value of an option that is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OptionValue {
    /// A text that is not empty.
    Text(String),
    /// A list that is not empty.
    List(Vec<String>),
    /// A flag that is set.
    Flag,
    /// A number other than zero.
    Integer(i64),
}

/// Every kind of handler, in the order in which Kapacitor prints them.
pub const KINDS: &[&HandlerKind] = &[];
