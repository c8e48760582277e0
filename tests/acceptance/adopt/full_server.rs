//! A server that has run for years: rules, scripts, handlers and endpoints, many of them with the same secrets.

use crate::harness::Server;
use sandbox::{HttpPost, KapacitorConf, Options};
use serde_json::{json, Value};
use squadcast_kapacitor::tickscript::{self, ast::Statement};

/// What everything posts to.
pub(super) const HOOK: &str = "https://hook.example.com/planted-2f7c140b6cb08a46";
/// The value of a header of some of it.
pub(super) const KEY: &str = "planted-key-b6cb08a46";
/// All secrets, also those that only one object has.
pub(super) const SECRETS: [&str; 5] = [
    HOOK,
    KEY,
    "planted-password",
    "planted-token",
    "https://old.example.com/planted",
];

/// How many hand-written tasks there are.
const TASKS: usize = 50;
/// How many templates there are, each with one more task that is made from it.
const TEMPLATES: usize = 10;
/// How many handlers of topics there are, each in a topic of its own.
const HANDLERS: usize = 20;
/// How many endpoints kapacitor.conf declares.
const ENDPOINTS: usize = 5;

/// How many of each kind a server was filled with.
pub(super) struct Filled {
    pub rules: usize,
    pub others: usize,
}

/// A sandbox whose kapacitor.conf declares several endpoints.
pub(super) fn options() -> Options {
    let endpoint = |number: usize| HttpPost {
        endpoint: format!("ops-{number}"),
        url: HOOK.to_owned(),
        headers: Some([("X-Key".to_owned(), KEY.to_owned())].into()),
        ..HttpPost::default()
    };
    Options {
        conf: KapacitorConf {
            httpposts: (0..ENDPOINTS).map(endpoint).collect(),
            ..KapacitorConf::default()
        },
        ..Options::default()
    }
}

/// Fills a server with all kinds.
pub(super) fn fill(server: &Server) -> Filled {
    let rules = rules(server);
    tasks(server);
    templates(server);
    handlers(server);
    Filled {
        rules,
        others: TASKS + 2 * TEMPLATES + HANDLERS + ENDPOINTS,
    }
}

fn lines(file: &'static str) -> impl Iterator<Item = Value> {
    file.lines().map(|line| serde_json::from_str(line).unwrap())
}

/// Every rule of the recordings that Chronograf accepted.
pub(super) fn rules(server: &Server) -> usize {
    let recorded = lines(include_str!("../../contract/rules/systematic.jsonl"))
        .chain(lines(include_str!("../../contract/rules/random.jsonl")));
    let accepted = recorded.filter(|record| record["create_status"] == 201);
    let count = accepted.enumerate().map(|(number, record)| {
        let query = &record["rule"]["query"];
        create_task(
            server,
            json!({
                "id": format!("chronograf-v1-{number:04}"),
                "dbrps": [{ "db": query["database"], "rp": query["retentionPolicy"] }],
                "script": record["created_tickscript"],
            }),
        );
    });
    count.count()
}

/// Scripts as people write them: those of the recordings that Kapacitor prints as they are, and some with secrets.
fn tasks(server: &Server) {
    let secret = [
        format!(
            "// Formerly .post('https://old.example.com/planted')\nvar hook = '{HOOK}'\nvar data = stream\n    |from()\n        \
             .measurement('cpu')\n    |where(lambda: \"host\" == 'a${{b}}%{{c}}')\ndata\n    |alert()\n        \
             .crit(lambda: \"usage_user\" > 90)\n        .message('it costs 5$')\n        .post(hook)\n        \
             .header('X-Key', '{KEY}')"
        ),
        "stream\n    |from()\n        .measurement('mem')\n    |alert()\n        .details('''\n<b>mem</b>\n    ''')\n        \
         .alerta()\n        .token('planted-token')"
            .to_owned(),
        "var crit = 90\nvar hook = ''\nvar other = ''\nstream\n    |from()\n    |alert()\n        \
         .crit(lambda: \"usage_user\" > crit)\n        .post(hook)\n        .header('X-Key', other)"
            .to_owned(),
    ];
    let vars = json!({
        "crit": { "type": "int", "value": 95 },
        "hook": { "type": "string", "value": HOOK },
        "other": { "type": "string", "value": "planted-password" },
    });
    for (number, script) in secret.iter().enumerate() {
        let mut task = json!({ "id": format!("by-hand-{number}"), "script": script, "dbrps": dbrps() });
        if number == 2 {
            task["vars"] = vars.clone();
        }
        create_task(server, task);
    }
    let scripts = recorded_scripts();
    for (number, (script, has_dbrp)) in scripts.take(TASKS - secret.len()).enumerate() {
        let mut task = json!({ "id": format!("recorded-{number}"), "script": script });
        if !has_dbrp {
            task["dbrps"] = dbrps();
        }
        create_task(server, task);
    }
}

fn dbrps() -> Value {
    json!([{ "db": "telegraf", "rp": "autogen" }])
}

/// Recorded scripts that need no vars, with whether they say themselves what they read.
fn recorded_scripts() -> impl Iterator<Item = (String, bool)> {
    let recorded = lines(include_str!("../../contract/tickscript-format.jsonl"));
    let printed = recorded.filter_map(|record| record["formatted"].as_str().map(str::to_owned));
    printed.filter_map(|script| {
        let program = tickscript::parse(&script).ok()?;
        let needs_vars = program.declared_vars().iter().any(|var| var.value.is_none());
        let is_stable = program.to_string() == script;
        let has_dbrp = program
            .statements
            .iter()
            .any(|statement| matches!(statement, Statement::Dbrp(_)));
        (is_stable && !needs_vars && script.contains("|from()")).then_some((script, has_dbrp))
    })
}

fn create_task(server: &Server, mut task: Value) {
    task["type"] = match task["script"].as_str().is_some_and(|script| script.contains("batch")) {
        true => "batch".into(),
        false => "stream".into(),
    };
    task["status"] = "disabled".into();
    server.api().create_task(&task);
}

fn templates(server: &Server) {
    for number in 0..TEMPLATES {
        let script = format!(
            "var crit = {number}\n\nvar host string\n\nvar hook = '{HOOK}'\n\nstream\n    |from()\n        .measurement('cpu')\n        \
             .where(lambda: \"host\" == host)\n    |alert()\n        .crit(lambda: \"usage_user\" > crit)\n        .post(hook)\n"
        );
        let template = json!({ "id": format!("template-{number}"), "type": "stream", "script": script });
        server.api().send_ok("POST", "/kapacitor/v1/templates", &template);
        server.api().create_task(&json!({
            "id": format!("from-template-{number}"),
            "template-id": format!("template-{number}"),
            "dbrps": dbrps(),
            "vars": { "host": { "type": "string", "value": "web" } },
            "status": "disabled",
        }));
    }
}

fn handlers(server: &Server) {
    for number in 0..HANDLERS {
        let (kind, options) = match number % 4 {
            0 => (
                "post",
                json!({ "url": HOOK, "headers": { "X-Key": KEY, "Accept": "json" }, "timeout": 5_000_000_000_i64 }),
            ),
            1 => ("slack", json!({ "channel": "#ops" })),
            2 => ("post", json!({ "endpoint": "ops-0" })),
            _ => ("talk", json!({})),
        };
        let mut handler = json!({ "id": "it", "kind": kind, "options": options });
        if number % 5 == 0 {
            handler["match"] = "\"host\" == 'a'".into();
        }
        let path = format!("/kapacitor/v1/alerts/topics/ops-{number}/handlers");
        server.api().send_ok("POST", &path, &handler);
    }
}

/// All templates, as they were written last.
pub(super) fn all_templates(server: &Server) -> Value {
    server.api().get("/kapacitor/v1/templates?limit=100")
}

/// All handlers of all topics.
pub(super) fn all_handlers(server: &Server) -> Vec<Value> {
    let path = |number| format!("/kapacitor/v1/alerts/topics/ops-{number}/handlers");
    (0..HANDLERS).map(|number| server.api().get(&path(number))).collect()
}
