//! Tests of the language as a whole; what Kapacitor itself says about it is in `tests/contract`.

mod errors;
mod generate;
mod literals;
mod meaning;
mod properties;
mod regexes;
mod size;
