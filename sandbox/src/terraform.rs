//! The binary of Terraform or OpenTofu that the tests and the benchmark drive.

use anyhow::Context;
use std::path::PathBuf;

/// TERRAFORM_BINARY, else `terraform`, else `tofu`, of the PATH.
///
/// # Errors
/// There is none of them.
pub fn terraform_binary() -> anyhow::Result<PathBuf> {
    match std::env::var_os("TERRAFORM_BINARY") {
        Some(path) if !path.is_empty() => Ok(path.into()),
        _ => on_path("terraform")
            .or_else(|| on_path("tofu"))
            .context("neither terraform nor tofu is on the PATH: install one, or set TERRAFORM_BINARY"),
    }
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
}
