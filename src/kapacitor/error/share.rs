//! How reads of one refresh share a failure.

/// Whose failure it is, where a server does not answer and many ask it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::kapacitor) enum Share {
    /// That of the request itself.
    #[default]
    Own,
    /// That of another request; this one was not sent.
    NotAsked,
    /// That of another read, which is told by another error.
    SpokenFor,
    /// That of several reads.
    SpeaksFor(SpeaksFor),
}

/// How many reads of a refresh an error speaks for, itself included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SpeaksFor {
    /// Reads of the tasks of rules.
    pub rules: usize,
    /// Reads of other tasks.
    pub tasks: usize,
    /// Reads of endpoints.
    pub endpoints: usize,
    /// Reads of templates.
    pub templates: usize,
    /// Reads of topics' handlers.
    pub handlers: usize,
}
