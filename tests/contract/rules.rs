//! The recorded Chronograf rules, generated and read back.
