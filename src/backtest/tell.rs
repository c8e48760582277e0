//! How an alert of the copy tells its events: to a topic, each with a number of its own.

use super::error::Refusal;
use super::nodes::Edge;
use super::pipeline::{always, Node, Pipeline};
use super::program::{program_of, text};
use crate::tickscript::ast::{Call, Expression, Lambda, Reference};
use crate::tickscript::VisitMut;

/// The names of what the copy puts into the data.
const MESSAGE: &str = "squadcast_message";
const NUMBER: &str = "squadcast_number";
const NUMBER_TAG: &str = "squadcast_number_tag";

/// Makes the alert tell a topic each event with a number of its own, and whether it keeps recoveries to itself.
pub(super) fn tell(pipeline: &mut Pipeline, edge: Edge, number: usize) -> Result<bool, Refusal> {
    let Some(alert) = pipeline.nodes.last_mut() else {
        return Ok(false);
    };
    let is_silent = alert.property("noRecoveries").is_some();
    let value = watched(alert);
    alert.properties.retain(|property| property.name != "noRecoveries");
    let mut message = "{{ .Level }} {{ .Time.UnixNano }}".to_owned();
    if let Some(value) = value.filter(|name| !name.contains(['"', '\\', '{', '}'])) {
        message = format!("{message} {{{{ index .Fields \"{value}\" }}}}");
    }
    for (name, template) in [("id", "{{ .Group }}"), ("message", &message), ("details", "")] {
        alert.properties.push(Call::new(name, vec![text(template)]));
    }
    alert.properties.push(Call::new("messageField", vec![text(MESSAGE)]));
    if edge == Edge::Batches {
        pipeline
            .nodes
            .push(Node::added("last", vec![text(MESSAGE)]).with("as", vec![text(MESSAGE)]));
    }
    pipeline.nodes.extend(numbered());
    pipeline.nodes.push(
        Node::added("alert", vec![])
            .with("crit", vec![always()])
            .with(
                "id",
                vec![text(&format!(
                    "{{{{ index .Tags \"{NUMBER_TAG}\" }}}} {{{{ .Group }}}}"
                ))],
            )
            .with("message", vec![text(&format!("{{{{ index .Fields \"{MESSAGE}\" }}}}"))])
            .with("details", vec![text("")])
            .with("topic", vec![text(&number.to_string())]),
    );
    Ok(is_silent)
}

/// Numbers the events of each group: several may have one time, and a topic keeps the last event of each id alone.
fn numbered() -> [Node; 2] {
    let as_text = Reference::new(NUMBER).map(|number| Call::new("string", vec![number.into()]));
    let as_text = as_text.map_or_else(|_| always(), |call| Lambda::new(call).into());
    [
        Node::added("stateCount", vec![always()]).with("as", vec![text(NUMBER)]),
        Node::added("eval", vec![as_text])
            .with("as", vec![text(NUMBER_TAG)])
            .with("tags", vec![text(NUMBER_TAG)])
            .with("keep", vec![]),
    ]
}

/// The first field that the alert compares.
fn watched(alert: &Node) -> Option<String> {
    struct First(Option<String>);
    impl VisitMut for First {
        fn expression(&mut self, expression: &mut Expression) {
            if self.0.is_none() {
                self.0 = expression.as_reference().map(str::to_owned);
            }
        }
    }
    let mut first = First(None);
    for level in ["crit", "warn", "info"] {
        for value in alert.property(level).into_iter().flat_map(|level| &level.arguments) {
            program_of(value).visit_mut(&mut first);
        }
    }
    first.0
}
