//! The nodes of a template, in their order.

use crate::go::template::execute::evaluate::last_place;
use crate::go::template::execute::run::{End, Run, Source};
use crate::go::template::html;
use crate::go::template::node::{Branch, Call, Node, Pipe};
use crate::go::template::parse::Tree;
use crate::go::template::value::Value;

pub fn execute(source: &Source, tree: &Tree, data: &Value) -> Result<String, String> {
    let mut run = Run {
        source,
        tree,
        output: String::new(),
        variables: vec![("$".to_owned(), data.clone())],
        depth: 0,
        context: html::Context::default(),
    };
    run.nodes(&tree.root, data).map_err(|end| match end {
        End::Failed(words) => words,
        End::Break | End::Continue => String::new(),
    })?;
    if source.is_html {
        run.context.check_end(source.name)?;
    }
    Ok(run.output)
}

impl Run<'_> {
    fn nodes(&mut self, nodes: &[Node], dot: &Value) -> Result<(), End> {
        nodes.iter().try_for_each(|node| self.node(node, dot))
    }

    fn node(&mut self, node: &Node, dot: &Value) -> Result<(), End> {
        match node {
            Node::Text(text) if self.source.is_html => {
                let kept = self.context.text(text);
                self.output.push_str(&kept);
                Ok(())
            }
            Node::Text(text) => {
                self.output.push_str(text);
                Ok(())
            }
            Node::Action(pipe) => {
                let value = self.pipe(pipe, dot)?;
                if pipe.variables.is_empty() {
                    self.print(pipe, &value)?;
                }
                Ok(())
            }
            Node::If(branch) => self.branch(branch, dot, false),
            Node::With(branch) => self.branch(branch, dot, true),
            Node::Range(branch) => self.range(branch, dot),
            Node::Break => Err(End::Break),
            Node::Continue => Err(End::Continue),
            Node::Template(call) => self.call_template(call, dot),
        }
    }

    fn print(&mut self, pipe: &Pipe, value: &Value) -> Result<(), End> {
        if !self.source.is_html {
            self.output.push_str(&value.print());
            return Ok(());
        }
        let escaped = self.context.value(value);
        match escaped {
            Ok(escaped) => self.output.push_str(&escaped),
            Err(message) => return self.fail(&(pipe.at, pipe.to_string()), &message),
        }
        Ok(())
    }

    fn branch(&mut self, branch: &Branch, dot: &Value, sets_dot: bool) -> Result<(), End> {
        self.scoped(|run| {
            let value = run.pipe(&branch.pipe, dot)?;
            match (value.is_true(), sets_dot) {
                (true, true) => run.nodes(&branch.body, &value),
                (true, false) => run.nodes(&branch.body, dot),
                (false, _) => run.nodes(&branch.otherwise, dot),
            }
        })
    }

    fn range(&mut self, branch: &Branch, dot: &Value) -> Result<(), End> {
        self.scoped(|run| {
            let value = run.pipe(&branch.pipe, dot)?.into_held();
            let items = run.items(branch, &value)?;
            if items.is_empty() {
                return run.nodes(&branch.otherwise, dot);
            }
            for (key, item) in items {
                let declared = &branch.pipe.variables;
                let ended = run.scoped(|run| {
                    let values: &[Value] = match declared.len() {
                        0 => &[],
                        1 => std::slice::from_ref(&item),
                        _ => &[key, item.clone()],
                    };
                    for (name, value) in declared.iter().zip(values) {
                        run.set(name, value, branch.pipe.assigns, &(branch.pipe.at, String::new()))?;
                    }
                    run.nodes(&branch.body, &item)
                });
                match ended {
                    Ok(()) | Err(End::Continue) => {}
                    Err(End::Break) => break,
                    failed => return failed,
                }
            }
            Ok(())
        })
    }

    /// Keys and values that a range walks over.
    fn items(&self, branch: &Branch, value: &Value) -> Result<Vec<(Value, Value)>, End> {
        let place = last_place(&branch.pipe);
        match value {
            Value::Nil => Ok(Vec::new()),
            Value::Int(_) | Value::Int64(_) | Value::Named { .. } if branch.pipe.variables.len() > 1 => {
                let message = format!("can't use {} to iterate over more than one variable", value.inside());
                self.fail(&place, &message)
            }
            Value::Int(count) | Value::Int64(count) => {
                Ok((0..*count).map(|number| (Value::Nil, Value::Int(number))).collect())
            }
            Value::List { items, type_name } => {
                let of_anything = *type_name == "[]interface {}";
                let wrapped = |item: &Value| match of_anything {
                    true => Value::Interface(Box::new(item.clone())),
                    false => item.clone(),
                };
                Ok((0..).map(Value::Int).zip(items.iter().map(wrapped)).collect())
            }
            Value::Map { entries, .. } => Ok(entries
                .keys()
                .map(|key| (Value::from(key.as_str()), value.entry(key).unwrap_or(Value::Nil)))
                .collect()),
            other => self.fail(&place, &format!("range can't iterate over {}", other.inside())),
        }
    }

    fn call_template(&mut self, call: &Call, dot: &Value) -> Result<(), End> {
        let Some(body) = self.tree.defined.get(&call.name) else {
            if self.source.is_html {
                let before = &self.source.text[..call.at.min(self.source.text.len())];
                let line = 1 + before.matches('\n').count();
                let column = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1);
                return Err(End::Failed(format!(
                    "html/template:{}:{line}:{column}: no such template {}",
                    self.source.name,
                    crate::go::quote::quote(&call.name)
                )));
            }
            let message = format!("template {} not defined", crate::go::quote::quote(&call.name));
            return self.fail(&(call.at, call.to_string()), &message);
        };
        if self.depth == 1000 {
            return self.fail(&(call.at, call.to_string()), "exceeded maximum template depth (100000)");
        }
        let data = match &call.pipe {
            Some(pipe) => self.pipe(pipe, dot)?,
            None => Value::Nil,
        };
        let variables = std::mem::replace(&mut self.variables, vec![("$".to_owned(), data.clone())]);
        self.depth += 1;
        let result = self.nodes(body, &data);
        self.depth -= 1;
        self.variables = variables;
        result
    }
}
