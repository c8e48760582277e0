//! What a person can do about an error of Kapacitor, in the terms of the provider's settings.

use crate::kapacitor::{
    ConnectFailure, CredentialKind, Error, ErrorKind, Responder, SetupError, Stall, TlsFailure, NO_SUCH_ROUTE,
};

/// What to do about it, in one or two sentences, where anything helps.
pub(crate) fn remedy(error: &Error) -> Option<&'static str> {
    if error.is_of_webhook() {
        return webhook_remedy(error.kind());
    }
    match error.kind() {
        ErrorKind::Connect { proxy: Some(_), .. } => Some(PROXY_REMEDY),
        ErrorKind::Connect { kind, .. } => Some(connect_remedy(*kind)),
        ErrorKind::TooLong { .. } => Some(
            "Check that the URL is that of Kapacitor. One rule whose script or details are this long is the cause if it \
             is: shorten it.",
        ),
        ErrorKind::TimedOut { .. } => Some(timeout_remedy(error.stall())),
        ErrorKind::Dropped { .. } => {
            Some("The request may have been carried out. See Kapacitor's log for a crash or restart, then apply again.")
        }
        ErrorKind::Status { status, responder, message } => {
            if *responder == Responder::Kapacitor && error.path().starts_with("/chronograf/") {
                return Some(
                    "Kapacitor itself answers at the URL under `chronograf`. Set that to Chronograf's URL (mostly port \
                     8888), or remove `chronograf` and set `url` to go to Kapacitor directly.",
                );
            }
            credentials_remedy(*status, *responder, message, error).or_else(|| status_remedy(*status, *responder, message))
        }
        ErrorKind::NotUnderstood {
            status: 401 | 403 | 407,
            ..
        } => Some(proxy_credentials_remedy(error.credentials())),
        ErrorKind::NotUnderstood {
            status: status @ (429 | 502..=504),
            ..
        } => status_remedy(*status, Responder::Unknown, ""),
        ErrorKind::NotUnderstood { .. } => Some(
            "Check the URL: it should be that of Kapacitor (mostly port 9092) or, under `chronograf`, that of \
             Chronograf with its base path. A login page or a proxy in between answers like this too.",
        ),
        ErrorKind::NoChoice(_) => Some(
            "Set `source` and `kapacitor` under `chronograf` to an id or name that is listed. A user of Chronograf sees \
             only what belongs to the own organization, which the connections of Chronograf's command line do not.",
        ),
        ErrorKind::LeaseHeld { .. } => {
            Some("Apply again when the other one has ended, or let this one wait longer with `lease_wait`.")
        }
        ErrorKind::Setup(SetupError::Unreadable { .. }) => Some(
            "Give the PEM text, its base64, or the path of a file that has it; a relative path starts where terraform \
             runs.",
        ),
        ErrorKind::Setup(_) => None,
        ErrorKind::Interrupted => Some("Apply again: it goes on from the state that was reached."),
    }
}

fn timeout_remedy(stall: Option<Stall>) -> &'static str {
    match stall {
        None => "Raise `timeout` if the server, or the way to it, is only slow; otherwise see why it does not answer.",
        Some(Stall::Ended(_)) => {
            "Kapacitor answers again now, and nothing has to be restarted. It was most likely waiting for a webhook that does \
             not answer, which takes up to 30 s for each alert that is still to be posted. Apply again."
        }
        Some(Stall::Lasts(_) | Stall::Left(_)) => {
            "Two things look like this from outside. Before Kapacitor stops a task, it waits up to 30 s for each alert that is \
             still to be posted, if the webhook does not answer: that ends by itself, nothing has to be restarted, and a \
             higher `stop_timeout` waits for it. But if tasks were started and stopped at the same time, Kapacitor can hang \
             for good: if it stays so, restart it. Then apply again."
        }
    }
}

/// The settings for Kapacitor, but for `timeout` and `max_retries`, do not apply to a webhook.
fn webhook_remedy(kind: &ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::Connect { proxy: Some(_), .. } => Some(PROXY_REMEDY),
        ErrorKind::Connect {
            kind: ConnectFailure::Tls(TlsFailure::UnknownIssuer),
            ..
        } => Some(
            "Terraform trusts only certificates that this machine's own authorities have signed here; `ca_cert` and \
             `insecure_skip_verify` are for Kapacitor.",
        ),
        ErrorKind::Connect { kind, .. } => Some(match kind {
            ConnectFailure::Refused | ConnectFailure::TimedOut => {
                "The webhook has to be reachable from where Terraform runs; a proxy may be needed (HTTPS_PROXY)."
            }
            ConnectFailure::Tls(TlsFailure::RefusedByServer) => {
                "The receiver refused the TLS connection; it may ask for a client certificate, which Terraform sends only to \
                 Kapacitor."
            }
            other => connect_remedy(*other),
        }),
        ErrorKind::TimedOut { .. } => Some(
            "Raise `timeout` if the webhook is only slow. It may have taken the post; another one of the same does no harm.",
        ),
        ErrorKind::Dropped { .. } => Some("The webhook may have taken the post; another one of the same does no harm."),
        ErrorKind::Status { status: 429, .. } => {
            Some("The webhook was sent too much: lower terraform's -parallelism, raise `max_retries`, or try again later.")
        }
        ErrorKind::Status {
            status: 401 | 403 | 407,
            ..
        } => Some("The webhook wants credentials, or others than the rule's: see its URL and headers."),
        ErrorKind::Status { status: 500.., .. } => Some("The webhook does not work at the moment; try again later."),
        ErrorKind::Status { .. } => Some("See the webhook's URL and headers: the receiver takes no alerts there."),
        _ => None,
    }
}

fn connect_remedy(kind: ConnectFailure) -> &'static str {
    match kind {
        ConnectFailure::Refused => "Check that the server runs and that host and port of the URL are right.",
        ConnectFailure::UnknownHost => "Check the host in the URL, and that this machine's DNS knows it.",
        ConnectFailure::Tls(failure) => tls_remedy(failure),
        ConnectFailure::TimedOut => "Check host, port, and firewalls on the way; a proxy may be needed (HTTPS_PROXY).",
        ConnectFailure::Other => "Check host and port of the URL, and whether it is http or https.",
    }
}

const PROXY_REMEDY: &str =
    "Check the proxy that the environment variable names, and that it runs. If the server is to be asked \
                          directly, name its host in NO_PROXY, such as NO_PROXY=kapacitor,.example.com,10.0.0.0/8.";

fn tls_remedy(failure: TlsFailure) -> &'static str {
    match failure {
        TlsFailure::UnknownIssuer => {
            "This machine does not trust the authority that issued the server's certificate. If it is a private CA, or the \
             certificate signs itself, set `ca_cert` to the CA's certificate or to the server's own."
        }
        TlsFailure::WrongName => {
            "The server's certificate does not name the host of the URL. Use a host that it names (as a subject alternative \
             name; the common name does not count), or have it issued for this one."
        }
        TlsFailure::WrongTime => {
            "The server's certificate has expired or is not valid yet: have it renewed, and check this machine's clock. \
             `ca_cert` does not help."
        }
        TlsFailure::Certificate => {
            "Something is wrong with the server's certificate itself: have it issued anew. `ca_cert` does not help."
        }
        TlsFailure::RefusedByServer => {
            "The server refused the TLS connection. If it asks for a client certificate, set `client_cert` and `client_key` \
             to one that it accepts."
        }
        TlsFailure::NotTls => "The server does not speak https at this port: use http:// in the URL, or the port of https.",
        TlsFailure::Other => {
            "Check that the server speaks https at this port, with TLS 1.2 or later; if it asks for a client certificate, set \
             `client_cert` and `client_key`."
        }
    }
}

/// Which setting to look at where the credentials are what is wrong.
fn credentials_remedy(status: u16, responder: Responder, message: &str, error: &Error) -> Option<&'static str> {
    match (status, responder) {
        (401, Responder::Kapacitor) if error.is_through_chronograf() => Some(
            "Chronograf's own connection to Kapacitor needs a username and a password that Kapacitor takes: set them there, \
             on Chronograf's page of that connection.",
        ),
        (401, Responder::Kapacitor) => Some(kapacitor_credentials_remedy(error.credentials())),
        (401 | 403, Responder::Chronograf) if !message.contains("cross-origin") => {
            Some(chronograf_credentials_remedy(error.credentials()))
        }
        (401 | 403 | 407, Responder::Unknown) => Some(proxy_credentials_remedy(error.credentials())),
        _ => None,
    }
}

fn kapacitor_credentials_remedy(credentials: CredentialKind) -> &'static str {
    match credentials {
        CredentialKind::Password => "Check `username` and `password`, or those in `url`.",
        CredentialKind::SharedSecret => {
            "Check that `shared_secret` is the one in kapacitor.conf, that `username` is a user of Kapacitor, and this \
             machine's clock."
        }
        CredentialKind::Token => {
            "Check `token`: it has to be signed with the shared secret of kapacitor.conf, and must not have expired."
        }
        CredentialKind::None | CredentialKind::Superadmin | CredentialKind::Cookie => {
            "Kapacitor wants credentials: set `username` and `password`, `username` and `shared_secret`, or `token`."
        }
    }
}

fn chronograf_credentials_remedy(credentials: CredentialKind) -> &'static str {
    match credentials {
        CredentialKind::Password => {
            "Check `username` and `password` under `chronograf`, or those in its `url`; Chronograf takes them only where it \
             runs with --htpasswd."
        }
        CredentialKind::Superadmin => {
            "Check `superadmin_private_key` under `chronograf`: its public half has to be the one that Chronograf was given \
             as --pub-key-file."
        }
        CredentialKind::Token => {
            "Check `token` under `chronograf`: it may have expired, or be that of a user who is no editor."
        }
        CredentialKind::Cookie => {
            "Check `cookie` under `chronograf`: its session may have ended, or be that of a user who is no editor. Log in \
             again and take the new one."
        }
        CredentialKind::None | CredentialKind::SharedSecret => {
            "Chronograf wants credentials: set under `chronograf` `username` and `password` for --htpasswd, \
             `superadmin_private_key` for --pub-key-file, or the `token` or `cookie` of a user who is at least an editor."
        }
    }
}

fn proxy_credentials_remedy(credentials: CredentialKind) -> &'static str {
    match credentials {
        CredentialKind::None => {
            "A proxy in front of the server refuses the request; set the headers that it wants under `headers`."
        }
        CredentialKind::Password => {
            "A proxy in front of the server refuses the request; check `username` and `password`, and set what else it wants \
             under `headers`."
        }
        CredentialKind::SharedSecret => {
            "A proxy in front of the server refuses the request; check `shared_secret`, and set what else it wants under \
             `headers`."
        }
        CredentialKind::Superadmin => {
            "A proxy in front of the server refuses the request; check `superadmin_private_key`, and set what else it wants \
             under `headers`."
        }
        CredentialKind::Token => {
            "A proxy in front of the server refuses the request; check `token`, and set what else it wants under `headers`."
        }
        CredentialKind::Cookie => {
            "A proxy in front of the server refuses the request; check `cookie`, and set what else it wants under `headers`."
        }
    }
}

fn status_remedy(status: u16, responder: Responder, message: &str) -> Option<&'static str> {
    match (status, responder) {
        (403, Responder::Kapacitor) if message.contains("config override service is not enabled") => Some(
            "Set `enabled = true` under `[config-override]` in kapacitor.conf and restart Kapacitor, or leave endpoints to \
             kapacitor.conf and give rules their URL alone.",
        ),
        (403, Responder::Kapacitor) => Some(
            "The user lacks a privilege: rules need `api`, endpoints need `config_api`, and both are in `all`.",
        ),
        (403, Responder::Chronograf) if message.contains("cross-origin") => Some(
            "Chronograf takes the request for a forged one. The URL must be the one that Chronograf itself is reached by \
             (scheme, host and port), also where a proxy ends TLS in front of it.",
        ),
        (400, _) if message.contains("HTTP request to an HTTPS server") => {
            Some("The server speaks https at this port: write https:// in the URL.")
        }
        (404, Responder::Kapacitor) if message == NO_SUCH_ROUTE => {
            Some("Kapacitor does not know this path: check the path of the URL, if it has one.")
        }
        (404, Responder::Chronograf | Responder::Unknown) => Some("Check the base path of the URL."),
        (429, _) => Some("Too many requests: lower terraform's -parallelism or raise `max_retries`."),
        (502, Responder::ChronografWithoutKapacitor) => Some(
            "Check that Kapacitor runs and that Chronograf's connection to it is right. A write may have been carried out.",
        ),
        (502..=504, _) => Some("The server, or the one behind it, is not ready; try again later."),
        (500, Responder::Kapacitor) if message.contains("appropriately formatted url must be specified") => Some(
            "The endpoint that the rule names is not live: declare it in kapacitor.conf and restart Kapacitor, or give the \
             rule the URL as well.",
        ),
        _ => None,
    }
}
