//! The statements of a script, in their order.

use crate::engine::compile::check::validate;
use crate::engine::compile::compiler::Compiler;
use crate::engine::compile::given::{constant, given};
use crate::engine::lambda::{self, Context};
use crate::engine::plan::{Const, NodePlan, Plan};
use crate::kapacitor::release::Release;
use crate::kapacitor::vars::{VarType, Vars};
use squadcast_kapacitor::tickscript::ast::{
    Call, Chain, ChainOperator, Expression, Member, Program, Statement, TypedVariable, Variable,
};
use std::collections::BTreeMap;

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
