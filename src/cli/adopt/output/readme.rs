//! The README of an adopted configuration.

use super::files::SECRETS_FILE;
use crate::cli::adopt::read::Adopted;
use crate::provider::inventory::{counted, LeftOut};
use std::fmt::Write as _;

/// What the README tells.
pub(crate) struct Readme<'a> {
    /// What was found.
    pub adopted: &'a [Adopted],
    /// How many secrets there are.
    pub secrets: usize,
    /// Addresses with the attributes whose texts look as if they held a secret.
    pub suspects: &'a [(String, String)],
}

impl Readme<'_> {
    /// What was found, what to do next, where secrets are, what was left out.
    pub(crate) fn text(&self) -> String {
        let mut text = self.found();
        text.push_str(&self.next_steps());
        text.push_str(&self.secrets());
        text.push_str(&self.left_out());
        text
    }

    fn found(&self) -> String {
        let mut text = String::from(
            "# Adopted from a running server\n\n| Kind | Adopted | Left out | File |\n|---|---|---|---|\n",
        );
        for one in self.adopted {
            let (noun, count) = (one.noun, one.objects.len());
            let file = match count {
                0 => String::new(),
                _ => format!("`{}`", one.file),
            };
            let _ = writeln!(text, "| {noun}s | {count} | {} | {file} |", one.left_out.len());
        }
        text
    }

    fn next_steps(&self) -> String {
        let changed: Vec<String> = self.adopted.iter().flat_map(changed).collect();
        let outcome = match changed.len() {
            0 => "imports only: nothing to add, to change or to destroy".to_owned(),
            count => format!("imports, and {count} to change; nothing to add or to destroy"),
        };
        let mut text = format!(
            "\n## What to do next\n\n```sh\nterraform init\nterraform plan   # {outcome}\n```\n\n\
             Terraform finds the server by the same environment variables as adopt did, or by `provider.tf`.\n\n"
        );
        if changed.is_empty() {
            text.push_str("Then `terraform apply`, which changes nothing on the server, and delete `imports.tf`.\n");
            return text;
        }
        text.push_str(
            "An earlier Chronograf wrote these rules, and `terraform apply` writes their scripts anew; the plan shows how:\n\n",
        );
        for address in changed {
            let _ = writeln!(text, "- `{address}`");
        }
        text.push_str("\nDelete `imports.tf` after the apply.\n");
        text
    }

    fn secrets(&self) -> String {
        let mut text = match self.secrets {
            0 => format!("\n## Secrets\n\nNone was found, so that `{SECRETS_FILE}` is empty.\n"),
            count => format!(
                "\n## Secrets\n\n`{SECRETS_FILE}` holds the values of {}, in clear; only its owner can read it, and \
                 `.gitignore` leaves it out. Move them to where your team keeps secrets. Terraform's state holds them too.\n",
                counted(count, "variable")
            ),
        };
        if self.suspects.is_empty() {
            return text;
        }
        text.push_str(
            "\nThese texts stand in the files as they are, and look as if they held a secret. Look at them before you \
             commit:\n\n",
        );
        for (address, attribute) in self.suspects {
            let _ = writeln!(text, "- `{address}`: `{attribute}`");
        }
        text
    }

    fn left_out(&self) -> String {
        let left_out: Vec<&LeftOut> = self.adopted.iter().flat_map(|one| &one.left_out).collect();
        if left_out.is_empty() {
            return String::new();
        }
        let mut text = String::from("\n## What was left out\n\nIt stays on the server as it is.\n\n");
        for one in left_out {
            let reason = one.reason.trim_end_matches('.');
            let _ = writeln!(text, "- {} `{}`: {reason}.", one.kind, one.id.replace('`', "'"));
        }
        text
    }
}

fn changed(one: &Adopted) -> Vec<String> {
    let changed = one.objects.iter().filter(|named| named.object.changes);
    changed.map(|named| one.address(named)).collect()
}
