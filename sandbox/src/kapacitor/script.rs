//! The seam to the TICKscript library: how scripts are read, checked and printed.

use crate::engine::{compile, compile_for, Plan};
use crate::kapacitor::release::Release;
use crate::kapacitor::stored::{Dbrp, Task, TaskType};
use crate::kapacitor::vars::{self, Vars};
use crate::server::exchange::Answer;
use serde_json::Value;
use squadcast_kapacitor::tickscript::{
    self,
    ast::{Chain, Expression, Member, Program, Statement},
};

/// What a script says of its task.
pub struct Script {
    pub task_type: TaskType,
    /// Those that the script declares itself.
    pub dbrps: Vec<Dbrp>,
}

impl Script {
    /// Reads and checks a script, or answers as Kapacitor does.
    pub fn read(source: &str, vars: &Vars, release: Release) -> Result<Script, Answer> {
        let program = parse(source).map_err(|error| Answer::error(400, &error))?;
        let task_type = task_type(&program).ok_or_else(|| Answer::error(400, "invalid task type: invalid"))?;
        compile_for(release, source, &program, vars)
            .map_err(|error| Answer::error(400, &format!("invalid TICKscript: {error}")))?;
        Ok(Script {
            task_type,
            dbrps: dbrps(&program),
        })
    }

    /// The databases that a script declares, or why it cannot be read.
    pub fn dbrps_of(source: &str) -> Result<Vec<Dbrp>, String> {
        parse(source).map(|program| dbrps(&program))
    }
}

/// Reads and checks the script of a template, whose variables may be without values, or answers as Kapacitor does.
pub fn check_template(source: &str, release: Release) -> Result<TaskType, Answer> {
    let program = parse(source).map_err(|error| Answer::error(400, &error))?;
    let task_type = task_type(&program).ok_or_else(|| Answer::error(400, "invalid task type: invalid"))?;
    compile_for(release, source, &program, &vars::placeholders(&program))
        .map_err(|error| Answer::error(400, &format!("invalid TICKscript: {error}")))?;
    Ok(task_type)
}

/// The variables of a template with the values that its script gives them.
pub fn vars_of_template(source: &str) -> Value {
    let program = parse(source).unwrap_or_default();
    let plan = plan_of_template(source);
    let mut shown: Vec<(String, Value)> = vars::declared(&program, &plan.scope);
    shown.sort_by(|left, right| left.0.cmp(&right.0));
    Value::Object(shown.into_iter().collect())
}

/// The graph of a template.
pub fn dot_of_template(id: &str, source: &str) -> String {
    dot_of(id, &plan_of_template(source))
}

fn plan_of_template(source: &str) -> Plan {
    let program = parse(source).unwrap_or_default();
    compile(source, &program, &vars::placeholders(&program)).unwrap_or_default()
}

/// Why a task's script cannot be compiled, which is shown instead of an error of its run.
pub fn fault(task: &Task) -> Option<String> {
    let program = tickscript::parse(&task.script).map_err(|error| error.kapacitor_message());
    let compiled = program.and_then(|program| compile(&task.script, &program, &task.vars));
    compiled.err()
}

/// The plan of a task's script.
pub fn plan(task: &Task) -> Result<Plan, String> {
    let program = parse(&task.script)?;
    compile(&task.script, &program, &task.vars)
}

/// The script as Kapacitor prints it; `None` where it does not parse.
pub fn format(source: &str) -> Option<String> {
    tickscript::format(source).ok()
}

/// The graph of a task that does not execute.
pub fn dot(id: &str, task: &Task) -> String {
    dot_of(id, &plan(task).unwrap_or_default())
}

fn dot_of(id: &str, plan: &Plan) -> String {
    let edges: String = plan
        .edges()
        .iter()
        .map(|(from, to)| format!("{} -> {};\n", plan.name(*from), plan.name(*to)))
        .collect();
    format!("digraph {id} {{\n{edges}}}")
}

fn parse(source: &str) -> Result<Program, String> {
    tickscript::parse(source).map_err(|error| format!("invalid TICKscript: {}", error.kapacitor_message()))
}

fn dbrps(program: &Program) -> Vec<Dbrp> {
    let declared = program.statements.iter().filter_map(|statement| match statement {
        Statement::Dbrp(dbrp) => Some(Dbrp {
            db: dbrp.database.clone(),
            rp: dbrp.retention_policy.clone(),
        }),
        _ => None,
    });
    declared.collect()
}

/// Stream or batch; `None` where the script uses neither or both. A source that stands alone as a statement does not count.
fn task_type(program: &Program) -> Option<TaskType> {
    let sources = program.statements.iter().filter_map(|statement| match statement {
        Statement::Variable(variable) => variable.value.as_identifier().or_else(|| head(&variable.value)),
        Statement::Expression(expression) => head(expression),
        _ => None,
    });
    let mut found = None;
    for source in sources {
        let task_type = match source {
            "stream" => TaskType::Stream,
            "batch" => TaskType::Batch,
            _ => continue,
        };
        if found.is_some_and(|found| found != task_type) {
            return None;
        }
        found = Some(task_type);
    }
    found
}

/// The name that a chain begins with.
fn head(expression: &Expression) -> Option<&str> {
    match expression {
        Expression::Chain(chain) => match &**chain {
            Chain {
                head: Member::Identifier(name),
                ..
            } => Some(&name.name),
            Chain { .. } => None,
        },
        _ => None,
    }
}
