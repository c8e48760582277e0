//! What to do where kapacitor.conf does not declare the endpoint.

/// The values of the attribute `undeclared`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Undeclared {
    /// Fail before anything is written.
    #[default]
    Error,
    /// Write nothing, and wait until it is declared.
    Defer,
    /// Add it through the API, and take it out again where it is not live.
    Register,
}

impl Undeclared {
    /// Every value.
    pub const ALL: [Undeclared; 3] = [Undeclared::Error, Undeclared::Defer, Undeclared::Register];

    /// The word in a configuration.
    pub fn name(self) -> &'static str {
        match self {
            Undeclared::Error => "error",
            Undeclared::Defer => "defer",
            Undeclared::Register => "register",
        }
    }

    /// The value that a word stands for.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.name() == word)
    }

    fn meaning(self) -> &'static str {
        match self {
            Undeclared::Error => "fail before anything is written, and show the TOML to declare it",
            Undeclared::Defer => {
                "write nothing and warn; rules that carry both the endpoint's name and its URL deliver all the same, \
                 and once the endpoint is declared the next apply sets it"
            }
            Undeclared::Register => {
                "add it through Kapacitor's API and fail, taking it out again, where it is not live afterwards, as in \
                 every release up to 1.8.3"
            }
        }
    }

    /// The attribute's description, from the values above.
    pub fn description() -> String {
        let values: Vec<String> = Self::ALL
            .iter()
            .map(|value| format!("`{}` ({})", value.name(), value.meaning()))
            .collect();
        format!(
            "What to do where kapacitor.conf does not declare the endpoint: {}. Default: `{}`.",
            values.join("; "),
            Undeclared::default().name()
        )
    }
}
