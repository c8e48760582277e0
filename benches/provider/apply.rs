//! What an apply costs, beside a client that makes the least possible requests.

use crate::bare::{Bare, Seconds};
use crate::report::Report;
use crate::server::Server;
use crate::workspace::{Content, Form, Kind, Workspace};

/// Seconds per rule of the creation, the change and the destruction of this many rules, and how they compare.
pub(crate) fn measure(report: &mut Report, number: usize) {
    let server = Server::start();
    let mut bare = {
        let one = workspace(&server, 1);
        one.apply();
        let bare = Bare::like_the_rule_on(&server);
        one.destroy();
        bare
    };
    let least = bare.run(number);
    let rules = workspace(&server, number);
    let create = rules.apply().seconds;
    rules.change();
    let whole = Seconds {
        create,
        update: rules.apply().seconds,
        destroy: rules.destroy().seconds,
    };
    for (step, whole, least) in [
        ("create", whole.create, least.create),
        ("update", whole.update, least.update),
        ("destroy", whole.destroy, least.destroy),
    ] {
        #[allow(clippy::cast_precision_loss)]
        let rules = number as f64;
        report.add(&format!("{step}_seconds_per_rule_of_{number}"), whole / rules, "s");
        report.add(&format!("bare_{step}_seconds_per_rule_of_{number}"), least / rules, "s");
        report.add(&format!("{step}_ratio_of_{number}"), whole / least, "ratio");
    }
}

fn workspace(server: &Server, number: usize) -> Workspace {
    let content = Content {
        kind: Kind::Rules,
        form: Form::Blocks,
        number,
    };
    Workspace::new(server, content)
}
