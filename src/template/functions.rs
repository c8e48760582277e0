//! Go's own functions: how many arguments they take, and which types they cannot work with.

use super::data::Type;
use super::error::TemplateError;

/// A function: its name, how many arguments it needs, whether it takes more, and what it gives.
pub(super) struct Function {
    name: &'static str,
    pub least: usize,
    pub takes_more: bool,
    pub gives: Type,
}

const fn function(name: &'static str, least: usize, takes_more: bool, gives: Type) -> Function {
    Function {
        name,
        least,
        takes_more,
        gives,
    }
}

const FUNCTIONS: &[Function] = &[
    function("and", 1, true, Type::Any),
    function("or", 1, true, Type::Any),
    function("not", 1, false, Type::Bool),
    function("call", 1, true, Type::Any),
    function("html", 0, true, Type::Text),
    function("js", 0, true, Type::Text),
    function("urlquery", 0, true, Type::Text),
    function("print", 0, true, Type::Text),
    function("println", 0, true, Type::Text),
    function("printf", 1, true, Type::Text),
    function("len", 1, false, Type::Integer),
    function("index", 1, true, Type::Any),
    function("slice", 1, true, Type::Any),
    function("eq", 1, true, Type::Bool),
    function("ne", 2, false, Type::Bool),
    function("lt", 2, false, Type::Bool),
    function("le", 2, false, Type::Bool),
    function("gt", 2, false, Type::Bool),
    function("ge", 2, false, Type::Bool),
];

/// Kapacitor's `json` and `jsonCompact`.
const JSON: Function = function("json", 1, false, Type::Text);

pub(super) fn is_built_in(name: &str) -> bool {
    FUNCTIONS.iter().any(|function| function.name == name)
}

/// The function of a name that the parser let pass.
pub(super) fn named(name: &str) -> &'static Function {
    FUNCTIONS.iter().find(|function| function.name == name).unwrap_or(&JSON)
}

/// Whether a call with this number of arguments can work.
pub(super) fn check_count(name: &str, given: usize) -> Result<(), TemplateError> {
    let function = named(name);
    let wrong = given < function.least || (given > function.least && !function.takes_more);
    if !wrong {
        return Ok(());
    }
    let least = if function.takes_more { "at least " } else { "" };
    let needed = function.least;
    Err(TemplateError::new(format!(
        "{name} needs {least}{needed} {}, and is called with {given}",
        if needed == 1 { "argument" } else { "arguments" }
    )))
}

/// What a call gives, or why it fails with arguments of these types.
pub(super) fn call(name: &str, arguments: &[Type]) -> Result<Type, TemplateError> {
    match name {
        "eq" | "ne" => equal(arguments)?,
        "lt" | "le" | "gt" | "ge" => ordered(name, arguments)?,
        "len" => length(arguments)?,
        "index" => return index(arguments),
        "slice" => sliceable(arguments)?,
        "printf" => {
            if let Some(other) = arguments
                .first()
                .filter(|first| !matches!(first, Type::Any | Type::Text))
            {
                return Err(fails(format!("printf needs a format, and is given {}", other.name())));
            }
        }
        "call" => {
            if let Some(other) = arguments.first().filter(|first| **first != Type::Any) {
                return Err(fails(format!("call needs a function, and is given {}", other.name())));
            }
        }
        _ => {}
    }
    Ok(named(name).gives)
}

fn fails(message: String) -> TemplateError {
    TemplateError::new(message)
}

/// The kinds that Go compares with each other.
#[derive(PartialEq, Clone, Copy)]
enum Kind {
    Unknown,
    Nothing,
    Bool,
    Integer,
    Float,
    Text,
    /// Compared by identity, and with nothing else.
    Other,
}

fn kind(value: Type) -> Kind {
    match value {
        Type::Any => Kind::Unknown,
        Type::Nothing => Kind::Nothing,
        Type::Bool => Kind::Bool,
        Type::Integer | Type::Duration | Type::Level | Type::NamedInteger => Kind::Integer,
        Type::Float => Kind::Float,
        Type::Text => Kind::Text,
        Type::Tags | Type::Fields | Type::Other | Type::Structure(_) | Type::Time => Kind::Other,
    }
}

/// Only the first comparison is certain to be made: `eq` stops at the first that holds.
fn equal(arguments: &[Type]) -> Result<(), TemplateError> {
    let (Some(left), Some(right)) = (arguments.first(), arguments.get(1)) else {
        return Err(fails("eq has nothing to compare with".to_owned()));
    };
    let unsure = |kind: Kind| matches!(kind, Kind::Unknown | Kind::Nothing | Kind::Other);
    let (first, second) = (kind(*left), kind(*right));
    if first == second || unsure(first) || unsure(second) {
        return Ok(());
    }
    Err(incomparable(*left, *right))
}

fn ordered(name: &str, arguments: &[Type]) -> Result<(), TemplateError> {
    let kinds: Vec<Kind> = arguments.iter().map(|argument| kind(*argument)).collect();
    for (argument, kind) in arguments.iter().zip(&kinds) {
        if matches!(kind, Kind::Nothing | Kind::Bool | Kind::Other) {
            return Err(fails(format!("{name} cannot compare {}", argument.name())));
        }
    }
    match (kinds.as_slice(), arguments) {
        ([left, right], [first, second]) if left != right && *left != Kind::Unknown && *right != Kind::Unknown => {
            Err(incomparable(*first, *second))
        }
        _ => Ok(()),
    }
}

fn incomparable(left: Type, right: Type) -> TemplateError {
    let hint = if matches!(
        (kind(left), kind(right)),
        (Kind::Integer, Kind::Float) | (Kind::Float, Kind::Integer)
    ) {
        ": write 90 or 90.0, whichever is of the same type"
    } else {
        ""
    };
    fails(format!("{} is compared with {}{hint}", left.name(), right.name()))
}

fn length(arguments: &[Type]) -> Result<(), TemplateError> {
    match arguments.first() {
        Some(Type::Any | Type::Text | Type::Tags | Type::Fields | Type::Other) | None => Ok(()),
        Some(other) => Err(fails(format!("len cannot measure {}", other.name()))),
    }
}

fn sliceable(arguments: &[Type]) -> Result<(), TemplateError> {
    match arguments.first() {
        Some(Type::Any | Type::Text | Type::Other) | None => Ok(()),
        Some(other) => Err(fails(format!("slice cannot take a part of {}", other.name()))),
    }
}

fn index(arguments: &[Type]) -> Result<Type, TemplateError> {
    let (first, keys) = arguments.split_first().unwrap_or((&Type::Any, &[]));
    let mut item = *first;
    if item == Type::Nothing {
        return Err(fails("index looks into nothing".to_owned()));
    }
    for key in keys {
        item = match (item, key) {
            (Type::Any | Type::Other, _) => Type::Any,
            (Type::Tags, Type::Any | Type::Text) => Type::Text,
            (Type::Fields, Type::Any | Type::Text) => Type::Any,
            (Type::Tags | Type::Fields, other) => {
                return Err(fails(format!(
                    "a key of a map is a text, and index is given {}",
                    other.name()
                )))
            }
            (Type::Text, Type::Any | Type::Integer | Type::Duration | Type::Level | Type::NamedInteger) => {
                Type::Integer
            }
            (Type::Text, other) => return Err(fails(format!("index looks into a text by {}", other.name()))),
            (other, _) => return Err(fails(format!("index cannot look into {}", other.name()))),
        };
    }
    Ok(item)
}
