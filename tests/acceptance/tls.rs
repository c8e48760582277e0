//! https: an own certificate authority, a client certificate, and what is said where certificates are not checked.

use crate::harness::{provider, quoted, rule, Authority, Https, Run, Server, Workspace, RULE};
use sandbox::{ChronografConf, Options};
use std::fs;

const WHY: &str = "it puts TLS before the sandbox";

/// What the provider is told, as attribute, variable of the environment, and value.
type Setting<'a> = (&'a str, &'a str, &'a str);

/// Applies and plans a rule with these settings, from the configuration and then from the environment.
fn works(server: &Server, url: &str, settings: &[Setting<'_>]) {
    let lines = settings
        .iter()
        .map(|(name, _, value)| format!("\n  {name} = {}", quoted(value)));
    let configured = format!("url = {}{}", quoted(url), lines.collect::<String>());
    let configured = Workspace::with_provider(provider(&configured));
    let environment = Workspace::with_provider(provider(&format!("url = {}", quoted(url))));
    let environment = settings.iter().fold(environment, |workspace, (_, variable, value)| {
        workspace.env(variable, value)
    });
    for workspace in [configured, environment] {
        workspace.apply_resource(&rule(server)).succeeds();
        workspace.plan().is_empty();
        workspace.destroy().succeeds();
    }
}

fn refused(server: &Server, url: &str, settings: &str) -> Run {
    let workspace = Workspace::with_provider(provider(&format!("url = {}\n  {settings}", quoted(url))));
    let run = workspace.apply_resource(&rule(server));
    assert_eq!(workspace.state().find(RULE), None, "{run}");
    run
}

#[test]
fn an_own_authority_is_trusted_as_file_and_as_text() {
    let Some(server) = Server::sandbox(Options::default(), WHY) else {
        return;
    };
    let authority = Authority::new();
    let https = Https::before(&server.kapacitor_url(), &authority, false);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    fs::write(&file, authority.pem()).unwrap();
    for ca_cert in [file.to_str().unwrap(), &authority.pem()] {
        works(
            &server,
            &https.url,
            &[("ca_cert", "SQUADCAST_KAPACITOR_CA_CERT", ca_cert)],
        );
    }

    refused(&server, &https.url, "")
        .fails_once()
        .mentions(&["TLS", "`ca_cert`"]);
    let another = format!("ca_cert = {}", quoted(&Authority::new().pem()));
    let error = refused(&server, &https.url, &another).fails_once();
    error.mentions(&["TLS", "`ca_cert`"]);
    let unreadable = "ca_cert = \"no-such-file.pem\"";
    let error = refused(&server, &https.url, unreadable).fails_once();
    error.mentions(&["`ca_cert`", "nor the path of a file that can be read"]);
}

#[test]
fn a_client_certificate_is_shown_to_a_server_that_wants_one() {
    let Some(server) = Server::sandbox(Options::default(), WHY) else {
        return;
    };
    let authority = Authority::new();
    let https = Https::before(&server.kapacitor_url(), &authority, true);
    let identity = authority.issue("terraform");
    let folder = tempfile::tempdir().unwrap();
    let written = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let files = [
        written("client.pem", &identity.certificate),
        written("client.key", &identity.key),
    ];
    let texts = [identity.certificate.clone(), identity.key.clone()];
    for [certificate, key] in [files, texts] {
        let settings = [
            ("ca_cert", "SQUADCAST_KAPACITOR_CA_CERT", authority.pem()),
            ("client_cert", "SQUADCAST_KAPACITOR_CLIENT_CERT", certificate),
            ("client_key", "SQUADCAST_KAPACITOR_CLIENT_KEY", key),
        ];
        let settings = settings
            .each_ref()
            .map(|(name, variable, value)| (*name, *variable, value.as_str()));
        works(&server, &https.url, &settings);
    }

    let trusting = format!("ca_cert = {}", quoted(&authority.pem()));
    refused(&server, &https.url, &trusting)
        .fails_once()
        .mentions(&["client_cert"]);
    let stranger = Authority::new().issue("terraform");
    let of_stranger = format!(
        "{trusting}\n  client_cert = {}\n  client_key = {}",
        quoted(&stranger.certificate),
        quoted(&stranger.key)
    );
    let run = refused(&server, &https.url, &of_stranger);
    run.fails_once().mentions(&["client_cert"]);
    let key = stranger.key.lines().nth(1).unwrap();
    assert!(!run.to_string().contains(key), "the key is shown: {run}");
}

#[test]
fn unchecked_certificates_are_warned_of() {
    let Some(server) = Server::sandbox(Options::default(), WHY) else {
        return;
    };
    let https = Https::before(&server.kapacitor_url(), &Authority::new(), false);
    let url = format!("url = {}", quoted(&https.url));
    let configured = Workspace::with_provider(provider(&format!("{url}\n  insecure_skip_verify = true")));
    let environment = Workspace::with_provider(provider(&url)).env("KAPACITOR_UNSAFE_SSL", "true");
    for workspace in [configured, environment] {
        let run = workspace.apply_resource(&rule(&server)).succeeds();
        let warnings = run.warnings();
        assert!(!warnings.is_empty(), "{run}");
        for warning in warnings {
            warning.mentions(&["certificates", "insecure_skip_verify", "ca_cert"]);
        }
        workspace.destroy().succeeds();
    }
    let overruled = Workspace::with_provider(provider(&format!("{url}\n  insecure_skip_verify = false")));
    let overruled = overruled.env("KAPACITOR_UNSAFE_SSL", "true");
    let run = overruled.apply_resource(&rule(&server));
    run.fails_once().mentions(&["TLS"]);
    assert!(run.warnings().is_empty(), "{run}");
}

#[test]
fn chronograf_is_reached_by_https_too() {
    let options = Options {
        chronograf: Some(ChronografConf::htpasswd("sre", "s3cret")),
        ..Options::default()
    };
    let Some(server) = Server::sandbox(options, WHY) else {
        return;
    };
    let authority = Authority::new();
    let https = Https::before(&server.insides().chronograf_url().unwrap(), &authority, false);
    let block = format!(
        "ca_cert = {}\n  chronograf = {{\n    url = {}\n    username = \"sre\"\n    password = \"s3cret\"\n  }}",
        quoted(&authority.pem()),
        quoted(&https.url)
    );
    let workspace = Workspace::with_provider(provider(&block));
    workspace.apply_resource(&rule(&server)).succeeds();
    workspace.plan().is_empty();
}
