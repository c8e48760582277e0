//! The provider end to end, against a server of its own: driven by a small Terraform inside of the test, or, where only that
//! shows what the test is about, by the real terraform binary, which TERRAFORM=real has do everything.
//!
//! Each test has its own sandbox. With KAPACITOR_URL set, the same tests run against that real server instead, one at a
//! time; it has to declare `[[httppost]] endpoint = "squadcast"` and to reach this machine's loopback. What needs to inject
//! faults or to see the sandbox's insides is skipped then, and says so on stderr.
//!
//! TRANSPORT=chronograf makes the provider go through the sandbox's Chronograf, or through the real one that CHRONOGRAF_URL
//! names. That one needs no KAPACITOR_URL beside it where this machine reaches its Kapacitor by the URL that it has.
//!
//! TERRAFORM_BINARY names the binary to use; else it is `terraform`, else `tofu`, of the PATH.

mod adopt;
mod aliases;
mod authentication;
mod backtest;
mod bad_input;
mod chronograf;
mod configuration;
mod data_sources;
mod delivery;
mod endpoint;
mod examples;
mod fault_table;
mod faults;
mod foreign_hands;
mod forgotten_alerts;
mod functions;
mod generated_configuration;
mod habits;
mod handlers;
mod harness;
mod import;
mod interrupts;
mod kapacitor_task;
mod kapacitor_template;
mod kept_secrets;
mod logs;
mod machines;
mod mass;
mod newer_terraform;
mod old_servers;
mod older_chronografs;
mod one_owner;
mod outage;
mod recorded_scripts;
mod recovery;
mod request_counts;
mod requests;
mod resolve_on_destroy;
mod retries;
mod rule_drift;
mod rule_lifecycle;
mod secret_search;
mod secrets;
mod slow_webhook;
mod task_fields;
mod task_ids;
mod tls;
mod topic_handler;
mod unknown_webhooks;
mod warnings;
mod webhook_test;
mod write_only;
