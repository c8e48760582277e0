//! An attribute's value as a Terraform plan has it: there, not there, or not known yet.

/// What is known of an attribute.
///
/// While Terraform validates or plans, an attribute may depend on a resource that does not exist yet. Such an attribute is
/// [`Field::Unknown`], and only the checks that need it are put off.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Field<T> {
    /// Not set (null).
    #[default]
    Absent,
    /// Set, to something that is not known yet.
    Unknown,
    /// Set.
    Known(T),
}

impl<T> Field<T> {
    /// The value where it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Field::Known(value) => Some(value),
            _ => None,
        }
    }

    /// The value where it is known.
    pub fn into_known(self) -> Option<T> {
        match self {
            Field::Known(value) => Some(value),
            _ => None,
        }
    }

    /// Whether nothing was set.
    pub fn is_absent(&self) -> bool {
        matches!(self, Field::Absent)
    }

    /// Whether something was set that is not known yet.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Field::Unknown)
    }

    /// The same field with another known value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Field<U> {
        match self {
            Field::Absent => Field::Absent,
            Field::Unknown => Field::Unknown,
            Field::Known(value) => Field::Known(change(value)),
        }
    }

    /// The same field with a reference to the known value.
    pub fn as_ref(&self) -> Field<&T> {
        match self {
            Field::Absent => Field::Absent,
            Field::Unknown => Field::Unknown,
            Field::Known(value) => Field::Known(value),
        }
    }
}

impl<T> From<Option<T>> for Field<T> {
    fn from(value: Option<T>) -> Self {
        match value {
            None => Field::Absent,
            Some(value) => Field::Known(value),
        }
    }
}

impl From<&str> for Field<String> {
    fn from(value: &str) -> Self {
        Field::Known(value.to_owned())
    }
}
