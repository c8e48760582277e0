//! The recorded data of the real servers, held against this code; each test prints how many cases matched of how many.

mod http;
mod rules;
mod tickscript;

use std::path::PathBuf;

/// The folder that holds the recordings: the one named by CONTRACT_DIR where it is set, else the project's own.
fn contract_dir() -> PathBuf {
    match std::env::var_os("CONTRACT_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/contract"),
    }
}
