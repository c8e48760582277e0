//! What data sources do.

use super::rule::a_rule_with_an_id;
use super::{nothing, operation, Operation};
use crate::harness::{Resource, Server};

/// What an apply does to it.
pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation {
            holds: the_test_was_posted,
            ..operation("read the webhook test", nothing, a_webhook_test)
        },
        operation("read a back-test", nothing, a_backtest),
        operation("read all data sources of objects", a_rule_of_old, |server| {
            a_rule_of_old(server) + &everything_read()
        }),
    ]
}

/// The data source, and an output of what it found.
fn a_webhook_test(server: &Server) -> String {
    let test = Resource::new("squadcast_kapacitor_webhook_test", "webhook");
    let test = test.text("url", &server.receiver_url("/test")).hcl();
    let data = test.replacen("resource", "data", 1);
    let found = "data.squadcast_kapacitor_webhook_test.webhook.reached";
    format!("{data}output \"reached\" {{\n  value = {found}\n}}\n")
}

/// A back-test of a series that is critical once, and an output of what it found.
fn a_backtest(server: &Server) -> String {
    server.api().write("cpu,host=a usage_user=95", 1_000_000_000);
    let script = "stream|from().database('telegraf').retentionPolicy('autogen').groupBy('host')\
                  |alert().crit(lambda: \\\"usage_user\\\" > 90)";
    format!(
        "data \"squadcast_kapacitor_backtest\" \"cpu\" {{\n  script = \"{script}\"\n  start = \"2001-09-09T01:46:00Z\"\n  \
         stop = \"2001-09-09T01:47:00Z\"\n}}\noutput \"incidents\" {{\n  value = \
         data.squadcast_kapacitor_backtest.cpu.incidents\n}}\n"
    )
}

fn a_rule_of_old(server: &Server) -> String {
    a_rule_with_an_id(server).hcl()
}

/// Every data source that tells of objects, and an output of what each found.
fn everything_read() -> String {
    let asked = [
        ("alert_rules", "", "rules"),
        ("alert_rule", "name = \"cpu high\"", "tickscript"),
        ("tasks", "", "tasks"),
        ("task", "id = \"of-old\"", "dbrps"),
        ("endpoints", "", "endpoints"),
        ("endpoint", "name = \"squadcast\"", "url_fingerprint"),
        ("topics", "", "topics"),
        ("server", "", "features"),
    ];
    let read = asked.map(|(kind, arguments, part)| {
        let kind = format!("squadcast_kapacitor_{kind}");
        format!(
            "data \"{kind}\" \"it\" {{\n  {arguments}\n}}\noutput \"{kind}\" {{\n  value = data.{kind}.it.{part}\n}}\n"
        )
    });
    read.concat()
}

pub(crate) fn the_test_was_posted(server: &Server) -> Result<(), String> {
    let posts = server.posts();
    match posts.iter().any(|post| post.path == "/test") {
        true => Ok(()),
        false => Err(format!("no test was posted: {posts:?}")),
    }
}
