//! Every script that was recorded from a real Kapacitor, as a task: what it accepts runs and plans empty, however it is laid
//! out; what it refuses fails with its words, at plan where its parser spoke and at apply where its compiler did.

use crate::harness::{join, Diagnostic, Resource, Server, Workspace};
use serde_json::Value;
use squadcast_kapacitor::tickscript::{self, ast::Statement, Program};

/// Errors that only Kapacitor's compiler knows, and the sandbox does not.
const NOT_IN_THE_SANDBOX: [&str; 7] = [
    "var x = 1 + * 2\nstream|from()",
    "var x = 1 ** 2\nstream|from()",
    "var x = !1\nstream|from()",
    "var x = -'a'\nstream|from()",
    "stream|from()|influxDBOut().tag('a')",
    "stream|from()|join(1)",
    "batch|query()",
];

/// What the compiler says and the plan does already, since it knows the vars.
const AT_PLAN: [&str; 2] = [
    "invalid TICKscript: missing value for var \"x\".",
    "invalid TICKscript: invalid var type \"nope\"",
];

/// What Kapacitor takes and does not start: what its configuration lacks, and queries that InfluxDB would refuse.
const NOT_STARTED: [&str; 4] = [".kafka(", "|k8sAutoscale(", "query('SELECT 1')", "query('not a query')"];

/// A recorded script, and what Kapacitor made of it.
struct Recorded {
    id: String,
    script: String,
    /// The script as it is shown, or the error.
    answer: Result<String, String>,
}

impl Recorded {
    fn all() -> Vec<Recorded> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/contract/tickscript-format.jsonl");
        let lines = std::fs::read_to_string(path).unwrap();
        let recorded = (1..).zip(lines.lines()).map(|(number, line)| {
            let case: Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| case[name].as_str().map(str::to_owned);
            Recorded {
                id: format!("recorded-{number}"),
                script: text("script").unwrap(),
                answer: text("formatted").ok_or_else(|| text("error").unwrap()),
            }
        });
        recorded.collect()
    }

    fn accepted() -> Vec<Recorded> {
        Recorded::all().into_iter().filter(|one| one.answer.is_ok()).collect()
    }

    fn address(&self) -> String {
        self.task(&self.script).address()
    }

    /// The task with this text in place of the script.
    fn task(&self, script: &str) -> Resource {
        let program = tickscript::parse(&self.script).unwrap_or_default();
        let task = Resource::new("squadcast_kapacitor_task", &self.id)
            .text("task_id", &self.id)
            .text("script", script);
        let task = match NOT_STARTED.iter().any(|node| self.script.contains(node)) {
            true => task.set("enabled", "false"),
            false => task,
        };
        let task = match has_dbrp(&program) {
            true => task,
            false => task.set("dbrps", "[\"telegraf.autogen\"]"),
        };
        // What the declaration leaves open has to be given; the recordings of refusals had no vars.
        let open = program.declared_vars().into_iter().filter(|var| var.value.is_none());
        let given: Vec<String> = open
            .filter_map(|var| {
                Some(format!(
                    "{} = {:?}",
                    crate::harness::quoted(&var.name),
                    some(&var.kind)?
                ))
            })
            .collect();
        match given.is_empty() || self.answer.is_err() {
            true => task,
            false => task.set("vars", format!("{{ {} }}", given.join(", "))),
        }
    }
}

fn has_dbrp(program: &Program) -> bool {
    let mut statements = program.statements.iter();
    statements.any(|statement| matches!(statement, Statement::Dbrp(_)))
}

/// A value of the type.
fn some(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "int" => "1",
        "float" => "1.5",
        "duration" => "1m",
        "bool" => "true",
        "string" | "regex" => "a",
        "lambda" => "TRUE",
        "list" => "['a']",
        "star" => "*",
        _ => return None,
    })
}

/// The only error about a script.
fn error_of<'a>(errors: &'a [Diagnostic], one: &Recorded) -> Option<&'a Diagnostic> {
    let address = one.address();
    let found: Vec<_> = errors
        .iter()
        .filter(|error| error.address.as_deref() == Some(address.as_str()))
        .collect();
    assert!(found.len() < 2, "{:?}: {found:#?}", one.script);
    found.first().copied()
}

/// Whether a message says it, but for what is masked: one process has all scripts here, and what is a secret in one of them.
fn is_said(message: &str, words: &str) -> bool {
    let Some((_, said)) = message.split_once(" answered 400: ") else {
        return false;
    };
    let first_line = said.lines().next().unwrap_or_default().trim_end_matches('.');
    // The order of the names is chance.
    let (said, words) = match (
        first_line.split_once("Names in scope: "),
        words.split_once("Names in scope: "),
    ) {
        (Some((said, _)), Some((words, _))) => (said, words),
        _ => (first_line, words),
    };
    let pattern = regex::escape(said).replace(&regex::escape("(sensitive value)"), ".*");
    regex::Regex::new(&pattern).unwrap().is_match(words)
}

fn configuration(recorded: &[Recorded]) -> String {
    join(&recorded.iter().map(|one| one.task(&one.script)).collect::<Vec<_>>())
}

#[test]
fn every_recorded_script_that_kapacitor_accepts_is_a_task_whose_plan_is_empty() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let before = server.snapshot();
    let accepted = Recorded::accepted();
    workspace.apply(&configuration(&accepted)).succeeds();
    for one in &accepted {
        let task = server.api().task(&one.id).unwrap();
        assert_eq!(task["script"].as_str(), one.answer.as_deref().ok());
    }
    workspace.plan().is_empty();

    // What an import reads is the printed script, which not always prints as itself.
    workspace.forget_state();
    let imports: String = accepted
        .iter()
        .map(|one| format!("import {{\n  to = {}\n  id = \"{}\"\n}}\n", one.address(), one.id))
        .collect();
    workspace.write(&(configuration(&accepted) + "\n" + &imports));
    let plan = workspace.plan();
    let changed: Vec<_> = plan
        .run
        .changes("planned_change")
        .into_iter()
        .filter(|(_, action)| action != "import")
        .collect();
    assert_eq!(changed, [], "{}", plan.run);
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();

    workspace.destroy().succeeds();
    assert_eq!(server.snapshot(), before);
}

#[test]
fn every_recorded_script_that_the_parser_refuses_fails_the_plan_with_its_words() {
    let workspace = Workspace::new(&Server::start());
    let refused: Vec<Recorded> = Recorded::all()
        .into_iter()
        .filter(|one| tickscript::parse(&one.script).is_err())
        .collect();
    assert!(refused.len() > 50, "{}", refused.len());
    let errors = workspace.validate(&configuration(&refused)).fails();
    for one in &refused {
        let said = one
            .answer
            .as_ref()
            .unwrap_err()
            .strip_prefix("invalid TICKscript: parser: ")
            .unwrap();
        // Kapacitor's place and excerpt stand between: here they are a line with a caret, without texts.
        let words = said.split(" line ").next().unwrap();
        let found = error_of(&errors, one).unwrap();
        found.mentions(&["Kapacitor would refuse the script", words]);
    }
}

#[test]
fn every_recorded_script_that_the_compiler_refuses_fails_with_its_words_and_leaves_nothing() {
    let server = Server::start();
    let is_sandbox = std::env::var_os("KAPACITOR_URL").is_none();
    let refused: Vec<Recorded> = Recorded::all()
        .into_iter()
        .filter(|one| one.answer.is_err() && tickscript::parse(&one.script).is_ok())
        .filter(|one| !(is_sandbox && NOT_IN_THE_SANDBOX.contains(&one.script.as_str())))
        .collect();
    let workspace = Workspace::new(&server);
    workspace.write(&configuration(&refused));
    let plan = workspace.plan().run.errors();
    let (at_plan, at_apply): (Vec<Recorded>, Vec<Recorded>) =
        refused.into_iter().partition(|one| error_of(&plan, one).is_some());
    let told: Vec<&str> = at_plan
        .iter()
        .map(|one| one.answer.as_ref().unwrap_err().as_str())
        .collect();
    assert_eq!(told, AT_PLAN);
    let before = server.snapshot();
    let errors = workspace.apply(&configuration(&at_apply)).fails();
    for one in &at_apply {
        let found = error_of(&errors, one).unwrap();
        let said = one.answer.as_ref().unwrap_err();
        assert!(is_said(&found.detail, said), "{said:?} is not said in {found:#?}");
    }
    assert_eq!(server.snapshot(), before);
}
