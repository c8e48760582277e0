//! What to do if kapacitor.conf does not declare the endpoint.

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

    /// What the provider then does, for the docs.
    pub fn meaning(self) -> &'static str {
        match self {
            Undeclared::Error => "Fail before anything is written, and show the TOML to declare it",
            Undeclared::Defer => {
                "Write nothing and warn; rules that have both the endpoint's name and its URL deliver all the same, \
                 and once the endpoint is declared the next apply sets it"
            }
            Undeclared::Register => {
                "Add it through Kapacitor's API; if it is not live afterwards, as in every release up to 1.8.3, take it \
                 out again and fail"
            }
        }
    }

    /// The attribute's description, from the values above.
    pub fn description() -> String {
        let values: Vec<String> = Self::ALL.iter().map(|value| format!("`{}`", value.name())).collect();
        format!(
            "What to do if kapacitor.conf does not declare the endpoint (see [Undeclared endpoints](#undeclared-endpoints)). \
             One of {}. Default: `{}`.",
            values.join(", "),
            Undeclared::default().name()
        )
    }
}
