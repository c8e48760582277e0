//! The seam to the TICKscript library: how scripts are read, checked and printed.

use crate::engine::{self, Plan};
use crate::exchange::Answer;
use crate::kapacitor::tasks::{Dbrp, Task, TaskType};
use crate::kapacitor::vars::Vars;
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
    pub fn read(source: &str, vars: &Vars) -> Result<Script, Answer> {
        let program = parse(source).map_err(|error| Answer::error(400, &error))?;
        let task_type = task_type(&program).ok_or_else(|| Answer::error(400, "invalid task type: invalid"))?;
        engine::compile(source, &program, vars)
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

/// The plan of a task's script.
pub fn plan(task: &Task) -> Result<Plan, String> {
    let program = parse(&task.script)?;
    engine::compile(&task.script, &program, &task.vars)
}

/// The script as Kapacitor prints it; `None` where it does not parse.
pub fn format(source: &str) -> Option<String> {
    tickscript::format(source).ok()
}

/// The graph of a task that does not execute.
pub fn dot(id: &str, task: &Task) -> String {
    let plan = plan(task).unwrap_or_default();
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
