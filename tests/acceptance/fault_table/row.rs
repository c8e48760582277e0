//! One row of the table: a request of an operation, struck by a fault.

use super::agreement::agree;
use super::operations::{fire, Operation, PLAN};
use super::undisturbed::{end, Undisturbed};
use super::{sandbox, Strike, IMPATIENT};
use crate::harness::{Run, Server, Workspace, LEASES};

/// One row of the table.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub operation: &'a Operation,
    pub undisturbed: &'a Undisturbed,
    /// Which of the operation's requests is struck.
    pub struck: usize,
    pub strike: Strike,
    /// Whether the real terraform walks it.
    pub is_real: bool,
}

impl Row<'_> {
    /// The row as it is printed: operation, request and fault.
    pub(super) fn name(&self) -> String {
        let request = &self.undisturbed.requests[self.struck];
        format!(
            "{} | {} {} {} | {:?}",
            self.operation.name,
            self.struck + 1,
            request.method,
            request.path.split('?').next().unwrap_or_default(),
            self.strike
        )
    }

    /// What is wrong with the row.
    pub(super) fn walk(&self) -> Result<Truth, String> {
        let operation = self.operation;
        let server = sandbox().unwrap();
        let workspace = Workspace::with_settings(&server, IMPATIENT);
        let workspace = if self.is_real { workspace.real() } else { workspace };
        self.undisturbed.start.repeat(&server, &workspace);
        if operation.fires {
            fire(&server);
        }
        workspace.write(&(operation.wanted)(&server));
        server.fails_with(self.strike.fault().except(LEASES).after(self.struck));
        let run = workspace.run(operation.run);
        server.recovers();
        let truth = truth(operation, &server, &workspace, &run);
        let found = workspace.state().0["outputs"].clone();
        // Nothing strikes from here on, so that nothing has to be given up soon, however busy the machine is.
        let workspace = workspace.configured(&server, "");
        let next_one = match operation.fails {
            true => operation.before,
            false => operation.wanted,
        };
        workspace.write(&next_one(&server));
        let next = workspace.apply_again();
        if next.code != Some(0) {
            return Err(format!(
                "the next apply: {:#?}\nafter {:#?}",
                next.errors(),
                run.errors()
            ));
        }
        (operation.holds)(&server)?;
        let found_again = &workspace.state().0["outputs"];
        if operation.run != PLAN && run.code == Some(0) && found != *found_again {
            return Err(format!("the run found {found:#}, and the next one {found_again:#}"));
        }
        let (end, wanted) = (end(&server, &workspace), &self.undisturbed.end);
        if end != *wanted {
            let differing = end.lines().zip(wanted.lines()).find(|(is, expected)| is != expected);
            return Err(format!(
                "the next apply ended elsewhere: {differing:?}\nafter {:#?}",
                run.errors()
            ));
        }
        truth
    }
}

/// How the state tells the truth after a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Truth {
    /// It says what the server has.
    Exact,
    /// The run failed, and its error says what the state cannot know: that a request may have been carried out, or how the
    /// rule was left.
    Named,
}

/// A run that says it is done has to be right. One that failed may leave a state that is behind only where its error says so.
fn truth(operation: &Operation, server: &Server, workspace: &Workspace, run: &Run) -> Result<Truth, String> {
    let Err(difference) = agree(operation, server, &workspace.state()) else {
        return Ok(Truth::Exact);
    };
    let says = [
        "may have been carried out",
        "may be disabled",
        "the task may not run",
        "was left disabled",
        "could not be removed again",
        "could not be put back",
    ];
    let errors = run.errors();
    let named = errors
        .iter()
        .any(|error| says.iter().any(|words| error.detail.contains(words)));
    if named && MAY_BE_NAMED.contains(&operation.name) {
        return Ok(Truth::Named);
    }
    Err(format!("{difference}\nafter {errors:#?}"))
}

/// The operations whose state may be behind what the server has after a fault, where the error says so: they undo, or take
/// away step by step, and no answer tells how far that came. Of any other operation the state is exact.
const MAY_BE_NAMED: &[&str] = &[
    "create a rule that cannot start",
    "update the rule to one that cannot start",
    "destroy the endpoint",
    "destroy the firing rule, and resolve",
    "destroy the firing rule whose webhook fails",
    "destroy the firing rule and its endpoint, and resolve",
    "give the task another template",
    "give the template of a task another id",
    "update the template",
    "update the template, and its task with it",
    "update the template to one with which its task cannot start",
    "update the template of whose task Kapacitor has lost track",
];
