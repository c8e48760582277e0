//! The README of an adopted configuration.

use super::SECRETS_FILE;
use crate::provider::inventory::LeftOut;
use std::fmt::Write as _;

/// What was found of one kind.
pub struct Section<'a> {
    /// What several of it are called.
    pub title: &'static str,
    /// The file that they stand in.
    pub file: &'static str,
    /// How many were adopted.
    pub count: usize,
    /// What was not.
    pub left_out: &'a [LeftOut],
}

/// The README: what was found, what was left out, what to do next.
pub fn text(sections: &[Section<'_>], secrets: usize, with_secrets: &[String]) -> String {
    let mut text =
        String::from("# Adopted from a running server\n\n| Kind | Adopted | Left out | File |\n|---|---|---|---|\n");
    for section in sections {
        let (title, count, file) = (section.title, section.count, section.file);
        let _ = writeln!(text, "| {title} | {count} | {} | `{file}` |", section.left_out.len());
    }
    let _ = write!(
        text,
        "\n## What to do next\n\n\
         ```sh\nterraform init\nterraform plan   # imports only: nothing to add, to change or to destroy\n```\n\n\
         Then `terraform apply`, which changes nothing on the server, and delete `imports.tf`.\n\n\
         ## Secrets\n\n\
         `{SECRETS_FILE}` holds the values of {secrets} variables, in clear; only its owner can read it, and `.gitignore` \
         leaves it out. Move them to where your team keeps secrets.\n"
    );
    if !with_secrets.is_empty() {
        text.push_str("\nThese hold such a value in a text that is not a secret by itself, such as a message. Look at them before you commit:\n\n");
        for address in with_secrets {
            let _ = writeln!(text, "- `{address}`");
        }
    }
    let left_out: Vec<&LeftOut> = sections.iter().flat_map(|section| section.left_out).collect();
    if !left_out.is_empty() {
        text.push_str("\n## What was left out\n\nIt stays on the server as it is.\n\n");
        for one in left_out {
            let _ = writeln!(text, "- {} `{}`: {}", one.kind, one.id.replace('`', "'"), one.reason);
        }
    }
    text
}
