//! The template that is the lease: `/kapacitor/v1/templates/squadcast-write-lease`.
//!
//! Kapacitor creates a template only if there is none of that id, and of twenty clients that do so at once exactly one
//! succeeds (`06-templates.jsonl`, and tried by hand). No task is made from it, and Chronograf lists tasks only.

use reqwest::Method;
use serde::{Deserialize, Serialize};

use crate::kapacitor::client::Client;
use crate::kapacitor::error::Error;
use crate::kapacitor::error::ErrorKind;
use crate::kapacitor::transport::request::{encode, Idempotency, Request, TEMPLATES};

/// The id of the lease's template, and what the ids of all templates begin with that belong to the lease.
const LEASE: &str = "squadcast-write-lease";

/// Who has a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::kapacitor) struct LeaseHolder {
    /// The words for a person who waits: host and process.
    pub name: String,
    /// What tells one holding of the lease from all others.
    pub token: String,
}

/// The lease as Kapacitor shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::kapacitor) struct SeenLease {
    pub holder: LeaseHolder,
    /// When it was last written, in Kapacitor's words. It is compared and never read, so that no clock matters.
    modified: String,
}

/// What came of creating the template.
#[derive(Debug)]
pub(in crate::kapacitor) enum Creation {
    Created,
    /// There is one already.
    Exists,
    /// Kapacitor takes no templates from this client.
    Refused(Error),
}

/// The requests that make, show, renew and end a lease.
pub(in crate::kapacitor) struct Leases<'a>(pub &'a Client);

#[derive(Serialize)]
struct Template<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    script: &'a str,
}

#[derive(Deserialize)]
struct SeenTemplate {
    #[serde(default)]
    script: String,
    #[serde(default)]
    modified: String,
}

/// Whether a template of this id belongs to the lease, so that nobody else has to do with it.
pub(crate) fn is_of_lease(id: &str) -> bool {
    id.starts_with(LEASE)
}

impl Leases<'_> {
    /// Creates the lease. Where the answer is lost, a look shows whose it is.
    pub(crate) async fn create(&self, holder: &LeaseHolder) -> Result<Creation, Error> {
        self.create_template(LEASE, &holder.script()).await
    }

    /// The lease; `None` if nobody has it.
    pub(crate) async fn get(&self) -> Result<Option<SeenLease>, Error> {
        let request = Request::get(&path(LEASE));
        match self.0.connection().json::<SeenTemplate>(&request).await {
            Ok(template) => Ok(Some(SeenLease {
                holder: LeaseHolder::from_script(&template.script),
                modified: template.modified,
            })),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes the lease again, so that all who wait see that its holder lives.
    pub(crate) async fn renew(&self, holder: &LeaseHolder) -> Result<(), Error> {
        let change = serde_json::json!({ "script": holder.script() });
        let request = self.with_json(
            Request::write(Method::PATCH, &path(LEASE), Idempotency::Idempotent),
            &change,
        )?;
        self.0.connection().send(&request).await.map(drop)
    }

    /// Ends the lease, whoever has it.
    pub(crate) async fn delete(&self) -> Result<(), Error> {
        self.delete_template(LEASE).await
    }

    /// Creates the template by which only one client at a time ends the lease of a dead holder.
    pub(crate) async fn create_guard(&self, dead: &SeenLease) -> Result<Creation, Error> {
        self.create_template(&guard(dead), &dead.holder.script()).await
    }

    /// Deletes that template.
    pub(crate) async fn delete_guard(&self, dead: &SeenLease) -> Result<(), Error> {
        self.delete_template(&guard(dead)).await
    }

    async fn create_template(&self, id: &str, script: &str) -> Result<Creation, Error> {
        let template = Template {
            id,
            kind: "stream",
            script,
        };
        let request = self.with_json(
            Request::write(Method::POST, TEMPLATES, Idempotency::Idempotent),
            &template,
        )?;
        match self.0.connection().send(&request).await {
            Ok(_) => Ok(Creation::Created),
            Err(error) if error.says_it_exists() => Ok(Creation::Exists),
            Err(error) if is_refused(&error) => Ok(Creation::Refused(error)),
            Err(error) => Err(error),
        }
    }

    async fn delete_template(&self, id: &str) -> Result<(), Error> {
        let request = Request::write(Method::DELETE, &path(id), Idempotency::Idempotent);
        self.0.connection().no_content(&request).await.map(drop)
    }

    fn with_json(&self, request: Request, body: &impl Serialize) -> Result<Request, Error> {
        let line = request.line();
        let server = self.0.connection().server();
        request
            .json(body, Vec::new())
            .map_err(|error| Error::new(line, server, ErrorKind::Setup(error)))
    }
}

#[cfg(test)]
impl SeenLease {
    /// A lease as it might be seen.
    pub(crate) fn for_test(name: &str, token: &str, modified: &str) -> Self {
        SeenLease {
            holder: LeaseHolder {
                name: name.to_owned(),
                token: token.to_owned(),
            },
            modified: modified.to_owned(),
        }
    }
}

impl LeaseHolder {
    /// The script of the template. Vars survive Kapacitor's formatting, which moves comments.
    fn script(&self) -> String {
        format!(
            "var holder = '{}'\n\nvar token = '{}'\n\nstream\n    |from()\n",
            plain(&self.name),
            plain(&self.token)
        )
    }

    /// The holder that a script names. A script that names none, as after an edit by hand, has a holder all the same: it ends
    /// like that of a dead one.
    fn from_script(script: &str) -> Self {
        let var = |name: &str| {
            let value = script.lines().find_map(|line| {
                let rest = line.trim().strip_prefix("var ")?.strip_prefix(name)?;
                rest.trim()
                    .strip_prefix('=')?
                    .trim()
                    .strip_prefix('\'')?
                    .strip_suffix('\'')
            });
            value.map(plain)
        };
        LeaseHolder {
            name: var("holder").unwrap_or_else(|| "somebody who left no name".to_owned()),
            token: var("token").unwrap_or_default(),
        }
    }
}

/// What is left of a text for a TICKscript string and a terminal: nothing that either could take for more than a text.
fn plain(text: &str) -> String {
    let allowed = |c: &char| c.is_alphanumeric() || " -._,:()@".contains(*c);
    text.chars().filter(allowed).take(200).collect()
}

fn path(id: &str) -> String {
    format!("{TEMPLATES}/{}", encode(id))
}

fn guard(dead: &SeenLease) -> String {
    format!("{LEASE}-ended-{}", dead.holder.token)
}

/// Whether the refusal would be the same the next time, and for templates only: wrong credentials and too many requests are
/// for the write itself to report.
fn is_refused(error: &Error) -> bool {
    error
        .status()
        .is_some_and(|status| (400..500).contains(&status) && !matches!(status, 401 | 407 | 429))
}

#[cfg(test)]
mod tests {
    use super::LeaseHolder;

    #[test]
    fn a_script_names_its_holder_also_as_kapacitor_prints_it() {
        let holder = LeaseHolder {
            name: "host-1, process 4711".into(),
            token: "0b7e1f5c-3f3c-4a8e-9a55-0d6f0e1f2a3b".into(),
        };
        assert_eq!(LeaseHolder::from_script(&holder.script()), holder);
    }

    #[test]
    fn a_name_cannot_leave_its_string() {
        let holder = LeaseHolder {
            name: "a'\n|exec('x')\u{1b}[2J".into(),
            token: "t".into(),
        };
        let read = LeaseHolder::from_script(&holder.script());
        assert_eq!(read.name, "aexec(x)2J");
    }

    #[test]
    fn a_script_without_a_holder_has_one_without_a_name() {
        let holder = LeaseHolder::from_script("stream\n    |from()\n");
        assert_eq!(holder.token, "");
        assert!(!holder.name.is_empty());
    }
}
