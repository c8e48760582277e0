//! Makes a plan of a script, with Kapacitor's words for what can be known to be wrong.

use crate::engine::lambda::{self, Context};
use crate::engine::plan::{Const, NodePlan, Plan, Property};
use crate::engine::vocabulary;
use crate::go::duration;
use crate::kapacitor::release::Release;
use crate::kapacitor::vars::{Var, VarType, Vars};
use squadcast_kapacitor::tickscript::ast::{
    Binary, Call, Chain, ChainOperator, Expression, Member, Operator, Program, Statement, TypedVariable, Variable,
};
use std::collections::BTreeMap;

/// What a deadman's alert is called, and says, unless the script says otherwise: the defaults of `[deadman]`.
const DEADMAN_ID: &str = "{{ .Group }}:NODE_NAME for task '{{ .TaskName }}'";
const DEADMAN_MESSAGE: &str = "{{ .ID }} is {{ if eq .Level \"OK\" }}alive{{ else }}dead{{ end }}: \
    {{ index .Fields \"emitted\" | printf \"%0.3f\" }} points/INTERVAL.";

/// Compiles a parsed script. `source` is its text, for the places that errors name.
pub fn compile(source: &str, program: &Program, vars: &Vars) -> Result<Plan, String> {
    compile_for(Release::NEWEST, source, program, vars)
}

/// Compiles a parsed script as Kapacitor of that release does, which may not know every handler.
pub fn compile_for(release: Release, source: &str, program: &Program, vars: &Vars) -> Result<Plan, String> {
    let mut compiler = Compiler {
        release,
        source,
        cursor: 0,
        vars,
        plan: Plan::default(),
        sources: BTreeMap::new(),
    };
    for statement in &program.statements {
        compiler.statement(statement)?;
    }
    compiler.plan.nodes.iter().try_for_each(validate)?;
    Ok(compiler.plan)
}

struct Compiler<'a> {
    release: Release,
    source: &'a str,
    /// How far the source has been compiled: the tree holds no places, but it is walked in order.
    cursor: usize,
    vars: &'a Vars,
    plan: Plan,
    /// `stream` and `batch`, once they are used.
    sources: BTreeMap<String, usize>,
}

impl Compiler<'_> {
    fn statement(&mut self, statement: &Statement) -> Result<(), String> {
        match statement {
            Statement::Variable(variable) => self.variable(variable),
            Statement::TypedVariable(variable) => self.typed_variable(variable),
            // A name that stands alone is never looked up: `var crit = 1e3` leaves one behind.
            Statement::Dbrp(_) | Statement::Expression(Expression::Identifier(_)) => Ok(()),
            Statement::Expression(expression) => self.value(expression).map(drop),
        }
    }

    fn variable(&mut self, variable: &Variable) -> Result<(), String> {
        let name = &variable.name.name;
        let declared = self.value(&variable.value)?;
        let value = match self.vars.get(name) {
            Some(var) if !matches!(declared, Const::Node(_)) => given(name, var, declared.type_name())?,
            _ => declared,
        };
        self.declare(name, value)
    }

    fn typed_variable(&mut self, variable: &TypedVariable) -> Result<(), String> {
        let name = &variable.name.name;
        if VarType::named(&variable.kind.name).is_none() {
            return Err(format!("invalid var type \"{}\"", variable.kind.name));
        }
        let var = self
            .vars
            .get(name)
            .ok_or_else(|| format!("missing value for var \"{name}\"."))?;
        let value = given(name, var, &variable.kind.name)?;
        self.declare(name, value)
    }

    fn declare(&mut self, name: &str, value: Const) -> Result<(), String> {
        if matches!(name, "stream" | "batch") {
            return Err(format!("attempted to redefine {name}, vars are immutable"));
        }
        match self.plan.scope.insert(name.to_owned(), value) {
            None => Ok(()),
            Some(_) => Err(format!("attempted to redefine {name}, vars are immutable")),
        }
    }

    fn value(&mut self, expression: &Expression) -> Result<Const, String> {
        match expression {
            Expression::Star(_) => Ok(Const::Star),
            Expression::List(list) => {
                let items = list
                    .items
                    .iter()
                    .map(|item| self.value(item))
                    .collect::<Result<_, _>>()?;
                Ok(Const::List(items))
            }
            Expression::Lambda(lambda) => Ok(Const::Lambda(lambda.expression.clone())),
            Expression::Identifier(identifier) => self.name(&identifier.name),
            Expression::Chain(chain) => self.chain(chain),
            Expression::Reference(reference) => Ok(Const::Reference(reference.name().to_owned())),
            Expression::Call(call) => self.call(call),
            other => {
                let nothing = (BTreeMap::new(), BTreeMap::new());
                let named = |_: &str| None;
                let context = Context {
                    fields: &nothing.0,
                    tags: &nothing.1,
                    scope: &self.plan.scope,
                    time: None,
                    named: &named,
                };
                match lambda::evaluate(other, &context) {
                    Ok(value) => constant(value),
                    Err(error) if error.ends_with("is undefined") => {
                        Err(format!("{error}. Names in scope: {}", self.names().join(",")))
                    }
                    Err(error) if error == lambda::NOTHING => Err(format!(
                        "name \"{}\" is undefined. Names in scope: ",
                        lambda::first_reference(other).unwrap_or_default()
                    )),
                    Err(error) => Err(error),
                }
            }
        }
    }

    fn name(&mut self, name: &str) -> Result<Const, String> {
        if let Some(value) = self.plan.scope.get(name) {
            return Ok(value.clone());
        }
        if matches!(name, "stream" | "batch") {
            return Ok(Const::Node(self.source_node(name)));
        }
        Err(format!(
            "name \"{name}\" is undefined. Names in scope: {}",
            self.names().join(",")
        ))
    }

    /// The names that are declared. Kapacitor lists them in an order that is chance.
    fn names(&self) -> Vec<String> {
        let source = self.sources.keys().next().map_or("stream", String::as_str).to_owned();
        let built_in = ["time".to_owned(), source];
        built_in.into_iter().chain(self.plan.scope.keys().cloned()).collect()
    }

    /// A function outside of a lambda: there is just `time`, for grouping.
    fn call(&mut self, call: &Call) -> Result<Const, String> {
        if call.name == "time" {
            return call
                .only_argument()
                .map_or(Ok(Const::Star), |argument| self.value(argument));
        }
        let at = self.find("", &call.name);
        Err(format!(
            "{}no global function \"{}\" defined",
            self.place(at),
            call.name
        ))
    }

    fn source_node(&mut self, name: &str) -> usize {
        if let Some(place) = self.sources.get(name) {
            return *place;
        }
        let place = self.add(NodePlan::new(name, Vec::new(), Vec::new()));
        self.sources.insert(name.to_owned(), place);
        place
    }

    fn add(&mut self, node: NodePlan) -> usize {
        self.plan.nodes.push(node);
        self.plan.nodes.len() - 1
    }

    fn chain(&mut self, chain: &Chain) -> Result<Const, String> {
        let mut current = match &chain.head {
            Member::Identifier(name) => self.name(&name.name)?,
            Member::Call(call) => return Err(format!("the sandbox does not know {}()", call.name)),
        };
        for link in &chain.links {
            let Const::Node(place) = current else {
                return Err(format!(
                    "cannot chain {} to a {}",
                    link.member.name(),
                    current.type_name()
                ));
            };
            let at = self.find(link.operator.symbol(), link.member.name());
            let arguments = match link.member.call() {
                Some(call) => self.arguments(call)?,
                None => Vec::new(),
            };
            current = Const::Node(match link.operator {
                ChainOperator::Dot => self.property(place, link.member.name(), arguments, at)?,
                ChainOperator::Pipe => self.node(place, link.member.name(), arguments, at)?,
                ChainOperator::At => return Err(self.unknown(at, link.member.name(), place)),
            });
        }
        Ok(current)
    }

    fn arguments(&mut self, call: &Call) -> Result<Vec<Const>, String> {
        call.arguments.iter().map(|argument| self.value(argument)).collect()
    }

    fn class(&self, place: usize) -> &'static str {
        let function = self.plan.nodes.get(place).map_or("", |node| node.function.as_str());
        vocabulary::class(function).unwrap_or(vocabulary::ANY)
    }

    fn has_property(&self, class: &str, name: &str) -> bool {
        vocabulary::has_property(class, name) && (class != vocabulary::ALERT_NODE || self.release.has_handler(name))
    }

    fn unknown(&self, at: Option<usize>, name: &str, place: usize) -> String {
        let class = self.class(place);
        let words = match (vocabulary::has_method(class, name), self.has_property(class, name)) {
            (true, _) => format!(
                "no property method \"{name}\" on {class}, but chaining method does exist. Use '|' operator instead: 'node|{name}(..)'."
            ),
            (_, true) if class != vocabulary::ANY => format!(
                "no chaining method \"{name}\" on {class}, but property does exist. Use '.' operator instead: 'node.{name}(..)'."
            ),
            _ => format!("no method or property \"{name}\" on {class}"),
        };
        format!("{}{words}", self.place(at))
    }

    fn node(
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

    fn set(&mut self, place: usize, name: &str, arguments: Vec<Const>) {
        if let Some(node) = self.plan.nodes.get_mut(place) {
            let name = name.to_owned();
            node.properties.push(Property { name, arguments });
        }
    }

    fn wrong_type(&self, at: Option<usize>, function: &str, place: usize, found: &Const, wanted: &str) -> String {
        let calling = calling(function, self.class(place));
        let reason = format!("reflect: Call using {} as type {wanted}", found.go_type());
        format!("{}{calling}{reason}", self.place(at))
    }

    fn too_few(&self, at: Option<usize>, function: &str, place: usize) -> String {
        let calling = calling(function, self.class(place));
        format!("{}{calling}reflect: Call with too few input arguments", self.place(at))
    }

    fn property(
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

    /// Where the next `operator name` stands in the source.
    fn find(&mut self, operator: &str, name: &str) -> Option<usize> {
        let rest = self.source.get(self.cursor..)?;
        let found = rest.match_indices(operator).find_map(|(at, _)| {
            let behind = &rest[at + operator.len()..];
            let trimmed = behind.trim_start();
            trimmed
                .starts_with(name)
                .then(|| at + operator.len() + behind.len() - trimmed.len())
        })?;
        self.cursor += found + name.len();
        Some(self.cursor - name.len())
    }

    fn place(&self, at: Option<usize>) -> String {
        let before = &self.source[..at.unwrap_or(0)];
        let line = 1 + before.matches('\n').count();
        let column = 1 + before.len() - before.rfind('\n').map_or(0, |newline| newline + 1);
        format!("line {line} char {column}: ")
    }
}

/// What Kapacitor checks of a whole node.
fn validate(node: &NodePlan) -> Result<(), String> {
    match node.function.as_str() {
        "eval" => {
            let arguments = |name: &str| {
                node.property(name)
                    .map(|property| property.arguments.as_slice())
                    .unwrap_or_default()
            };
            let (names, expressions) = (arguments("as").len(), node.arguments.len());
            if let Some(Const::String(tag)) = arguments("tags").iter().find(|tag| !arguments("as").contains(tag)) {
                return Err(format!(
                    "invalid tag name \"{tag}\", name is not present is .as() names"
                ));
            }
            if names != expressions {
                return Err(format!(
                    "must specify same number of expressions and .as() names: got {names} as names, and {expressions} expressions."
                ));
            }
            Ok(())
        }
        "from" => {
            let arguments = node
                .property("groupBy")
                .map(|property| property.arguments.as_slice())
                .unwrap_or_default();
            if arguments.len() > 1 && arguments.contains(&Const::Star) {
                return Err("cannot group by both '*' and named dimensions.".to_owned());
            }
            Ok(())
        }
        "httpPost" if node.arguments.len() > 1 => Err(format!(
            "httpPost expects 0 or 1 arguments, got {}",
            node.arguments.len()
        )),
        "httpPost" if !node.arguments.is_empty() && node.property("endpoint").is_some() => {
            Err("only one endpoint and url may be specified".to_owned())
        }
        _ => Ok(()),
    }
}

fn calling(name: &str, class: &str) -> String {
    format!("error calling func \"{name}\" on obj {class}: ")
}

fn constant(value: lambda::Value) -> Result<Const, String> {
    match value {
        lambda::Value::Float(value) => Ok(Const::Float(value)),
        lambda::Value::Int(value) => Ok(Const::Int(value)),
        lambda::Value::String(text) => Ok(Const::String(text)),
        lambda::Value::Bool(value) => Ok(Const::Bool(value)),
        lambda::Value::Duration(value) => Ok(Const::Duration(value)),
        lambda::Value::Regex(text) => Ok(Const::Regex(text)),
        lambda::Value::Time(_) | lambda::Value::Missing => {
            Err("a field or tag has no value outside of a lambda".to_owned())
        }
    }
}

/// The value that a task gives to a variable of the script.
fn given(name: &str, var: &Var, declared: &str) -> Result<Const, String> {
    let got = var.var_type.name();
    // A list of tags may be given as a star.
    if got != declared && !(declared == "list" && got == "star") {
        return Err(format!("invalid type supplied for {name}, got {got} exp {declared}"));
    }
    const_of(var).ok_or_else(|| format!("invalid value for var \"{name}\""))
}

fn const_of(var: &Var) -> Option<Const> {
    Some(match var.var_type {
        VarType::Bool => Const::Bool(var.value.as_bool()?),
        VarType::Int => Const::Int(var.value.as_i64()?),
        VarType::Float => Const::Float(var.value.as_f64()?),
        VarType::Duration => Const::Duration(var.value.as_i64()?),
        VarType::Lambda => Const::Lambda(lambda::parse(var.value.as_str()?).ok()?),
        VarType::String => Const::String(var.value.as_str()?.to_owned()),
        VarType::Regex => Const::Regex(var.value.as_str()?.to_owned()),
        VarType::Star => Const::Star,
        VarType::List => {
            let items: Vec<Var> = serde_json::from_value(var.value.clone()).ok()?;
            Const::List(items.iter().map(const_of).collect::<Option<_>>()?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(source: &str) -> String {
        let program = squadcast_kapacitor::tickscript::parse(source).expect("a script that parses");
        compile(source, &program, &Vars::new()).expect_err("a script that does not compile")
    }

    /// Texts of tests/contract/rules, with the places of these shorter scripts.
    #[test]
    fn wrong_arguments_are_refused_in_the_words_of_kapacitor() {
        let cases = [
            ("stream|from()|alert().tcp()", "line 1 char 23: error calling func \"tcp\" on obj *pipeline.AlertNode: reflect: Call with too few input arguments"),
            ("stream|from()|window().period(5)", "line 1 char 24: error calling func \"period\" on obj *pipeline.WindowNode: reflect.Set: value of type int64 is not assignable to type time.Duration"),
            ("stream|from()|eval(lambda: TRUE)|shift(5)", "line 1 char 34: error calling func \"shift\" on obj *pipeline.EvalNode: reflect: Call using int64 as type time.Duration"),
            ("stream|from()|window()|nosuchfn()", "line 1 char 24: no method or property \"nosuchfn\" on *pipeline.WindowNode"),
        ];
        for (source, words) in cases {
            assert_eq!(refusal(source), words);
        }
    }

    #[test]
    fn the_place_is_that_of_the_call_and_not_of_an_earlier_namesake() {
        let source = "var tcp = 'a.tcp('\nstream\n    |from()\n    |alert()\n        .tcp('x')\n        .tcp()";
        assert!(refusal(source).starts_with("line 6 char 10: "), "{}", refusal(source));
    }
}
