//! The provider's own configuration: from the block, from the environment, not known yet, or not there.

use crate::harness::{address_in_environment, provider_without_address, rule, Resource, Server, Workspace, RULE};

#[test]
fn a_provider_without_an_address_says_what_to_set() {
    let server = Server::start();
    let workspace = Workspace::with_provider(provider_without_address());
    workspace.write(&rule(&server).hcl());
    workspace.plan().run.fails_once().mentions(&["url", "KAPACITOR_URL"]);
}

#[test]
fn the_address_may_come_from_the_environment() {
    let server = Server::start();
    let (variable, address) = address_in_environment(&server);
    let workspace = Workspace::with_provider(provider_without_address()).env(variable, &address);
    workspace.apply_resource(&rule(&server)).succeeds();
    workspace.plan().is_empty();
}

#[test]
fn an_address_that_is_not_known_yet_fails_no_plan() {
    let server = Server::start();
    let workspace = Workspace::with_settings(&server, "headers = { X-Late = terraform_data.late.id }").real();
    let late = Resource::new("terraform_data", "late");
    let rule = rule(&server);
    workspace.write(&crate::harness::join(&[late, rule]));
    workspace
        .plan()
        .wants(&[(RULE, "create"), ("terraform_data.late", "create")]);
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
}

#[test]
fn a_wrong_setting_is_named() {
    let server = Server::start();
    let cases = [
        ("timeout = 0", "timeout"),
        ("max_retries = -1", "max_retries"),
        ("username = \"u\"", "password"),
        ("client_cert = \"/x\"", "client_key"),
    ];
    for (setting, attribute) in cases {
        let workspace = Workspace::with_settings(&server, setting);
        workspace.write(&rule(&server).hcl());
        workspace.plan().run.fails_once().mentions(&[attribute]);
    }
}
