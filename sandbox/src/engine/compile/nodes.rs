//! Nodes and their properties.

use crate::engine::compile::compiler::{calling, Compiler};
use crate::engine::compile::vocabulary;
use crate::engine::lambda;
use crate::engine::plan::{Const, NodePlan};
use crate::go::duration;
use squadcast_kapacitor::tickscript::ast::{Binary, Operator};

/// What a deadman's alert is called, and says, unless the script says otherwise: the defaults of `[deadman]`.
const DEADMAN_ID: &str = "{{ .Group }}:NODE_NAME for task '{{ .TaskName }}'";
const DEADMAN_MESSAGE: &str = "{{ .ID }} is {{ if eq .Level \"OK\" }}alive{{ else }}dead{{ end }}: \
    {{ index .Fields \"emitted\" | printf \"%0.3f\" }} points/INTERVAL.";

impl Compiler<'_> {
    pub(super) fn node(
        &mut self,
        parent: usize,
        function: &str,
        arguments: Vec<Const>,
        at: Option<usize>,
    ) -> Result<usize, String> {
        if !vocabulary::has_method(self.class(parent), function) {
            return Err(self.unknown(at, function, parent));
        }
        if let ("shift", [other]) = (function, arguments.as_slice()) {
            if other.as_duration().is_none() {
                return Err(self.wrong_type(at, function, parent, other, "time.Duration"));
            }
        }
        match function {
            "stats" => return self.stats(parent, arguments, at),
            "deadman" => return self.deadman(parent, &arguments, at),
            _ => {}
        }
        let joined = arguments.iter().filter_map(|argument| match argument {
            Const::Node(place) => Some(*place),
            _ => None,
        });
        let parents = [parent].into_iter().chain(joined).collect();
        Ok(self.add(NodePlan::new(function, arguments, parents)))
    }

    /// `|stats()` is a source of its own. Where nothing follows the node that it watches, Kapacitor adds a `noop` to watch.
    fn stats(&mut self, watched: usize, mut arguments: Vec<Const>, at: Option<usize>) -> Result<usize, String> {
        match arguments.as_slice() {
            [Const::Duration(_)] => {}
            [other, ..] => return Err(self.wrong_type(at, "stats", watched, other, "time.Duration")),
            [] => return Err(self.too_few(at, "stats", watched)),
        }
        arguments.push(Const::Node(watched));
        let stats = self.add(NodePlan::new("stats", arguments, Vec::new()));
        if !self.plan.nodes.iter().any(|node| node.parents.contains(&watched)) {
            self.add(NodePlan::new("noop", Vec::new(), vec![watched]));
        }
        Ok(stats)
    }

    /// `|deadman(threshold, interval, conditions...)` is `|stats(interval).align()|derivative('emitted')|alert()`.
    fn deadman(&mut self, watched: usize, arguments: &[Const], at: Option<usize>) -> Result<usize, String> {
        let (threshold, interval, conditions) = match arguments {
            [Const::Float(threshold), Const::Duration(interval), conditions @ ..] => {
                (*threshold, *interval, conditions)
            }
            [Const::Float(_), other, ..] => {
                return Err(self.wrong_type(at, "deadman", watched, other, "time.Duration"))
            }
            [other, ..] if !matches!(other, Const::Float(_)) => {
                return Err(self.wrong_type(at, "deadman", watched, other, "float64"))
            }
            _ => return Err(self.too_few(at, "deadman", watched)),
        };
        let mut critical = lambda::parse(&format!("\"emitted\" <= {threshold:?}"))?;
        for condition in conditions {
            let Const::Lambda(condition) = condition else {
                return Err(self.wrong_type(at, "deadman", watched, condition, "*ast.LambdaNode"));
            };
            critical = Binary::new(critical, Operator::And, condition.clone()).into();
        }
        let watched_name = self.plan.name(watched);
        let stats = self.stats(watched, vec![Const::Duration(interval)], at)?;
        self.set(stats, "align", Vec::new());
        let emitted = vec![Const::String("emitted".to_owned())];
        let derivative = self.add(NodePlan::new("derivative", emitted, vec![stats]));
        self.set(derivative, "nonNegative", Vec::new());
        self.set(derivative, "unit", vec![Const::Duration(interval)]);
        let alert = self.add(NodePlan::new("alert", Vec::new(), vec![derivative]));
        let interval = duration::format(interval);
        let id = DEADMAN_ID.replacen("NODE_NAME", &watched_name, 1);
        let message = DEADMAN_MESSAGE.replacen("INTERVAL", &interval, 1);
        self.set(alert, "crit", vec![Const::Lambda(critical)]);
        self.set(alert, "id", vec![Const::String(id)]);
        self.set(alert, "message", vec![Const::String(message)]);
        Ok(alert)
    }

    pub(super) fn property(
        &mut self,
        place: usize,
        name: &str,
        arguments: Vec<Const>,
        at: Option<usize>,
    ) -> Result<usize, String> {
        let class = self.class(place);
        if !self.has_property(class, name) {
            return Err(self.unknown(at, name, place));
        }
        let calling = |reason: &str| Err(format!("{}{}{reason}", self.place(at), calling(name, class)));
        if vocabulary::takes_one_text(class, name) {
            self.check_text(class, name, &arguments, at)?;
        }
        match arguments.as_slice() {
            [] if vocabulary::needs_argument(class, name) => {
                return calling("reflect: Call with too few input arguments");
            }
            [other] if name == "where" && !matches!(other, Const::Lambda(_)) => {
                return calling(&format!(
                    "reflect: Call using {} as type *ast.LambdaNode",
                    other.go_type()
                ));
            }
            [other] if vocabulary::takes_one_duration(class, name) && other.as_duration().is_none() => {
                let reason = format!(
                    "reflect.Set: value of type {} is not assignable to type time.Duration",
                    other.go_type()
                );
                return calling(&reason);
            }
            _ => {}
        }
        self.set(place, name, arguments);
        Ok(place)
    }

    fn check_text(&self, class: &str, name: &str, arguments: &[Const], at: Option<usize>) -> Result<(), String> {
        let place = self.place(at);
        match arguments {
            [Const::String(_)] => Ok(()),
            [Const::Reference(_)] => Err(format!(
                "{place}cannot assign *ast.ReferenceNode to type string, did you use double quotes instead of single quotes?"
            )),
            [other] => {
                let go_type = other.go_type();
                Err(format!(
                    "{place}error calling func \"{name}\" on obj {class}: reflect.Set: value of type {go_type} is not assignable to type string"
                ))
            }
            _ => {
                let mut letters = name.chars();
                let upper: String = letters
                    .next()
                    .map(|first| first.to_ascii_uppercase())
                    .into_iter()
                    .chain(letters)
                    .collect();
                Err(format!("{place}too many arguments to set property {upper} on {class}"))
            }
        }
    }
}
