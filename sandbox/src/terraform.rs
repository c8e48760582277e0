//! The binary of Terraform or OpenTofu that the tests and the benchmark drive.

use std::path::PathBuf;

/// TERRAFORM_BINARY, else `terraform`, else `tofu`, of the PATH; none where there is neither.
pub fn terraform_binary() -> Option<PathBuf> {
    match std::env::var_os("TERRAFORM_BINARY") {
        Some(path) if !path.is_empty() => Some(path.into()),
        _ => on_path("terraform").or_else(|| on_path("tofu")),
    }
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
}
