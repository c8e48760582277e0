//! The recorded HTTP exchanges, replayed against the sandbox.
