//! Walks over a whole script, to change it.

use super::ast::{Call, Comment, Expression, Member, Program, Statement};

/// What to do with the parts of a script: each method sees its kind of part, after all that is in it, and does nothing
/// unless it is written anew.
pub trait VisitMut {
    /// Sees every call, within chains and alone.
    fn call(&mut self, _call: &mut Call) {}

    /// Sees every expression.
    fn expression(&mut self, _expression: &mut Expression) {}

    /// Sees every place for a comment. A comment may hold what was commented out, secrets included.
    fn comment(&mut self, _comment: &mut Option<Comment>) {}
}

impl Program {
    /// Shows every part of the script to the visitor, in the order of the source.
    pub fn visit_mut(&mut self, visitor: &mut impl VisitMut) {
        for statement in &mut self.statements {
            statement.visit_mut(visitor);
        }
        let trailing = std::mem::take(&mut self.trailing);
        self.trailing = trailing
            .into_iter()
            .filter_map(|comment| visited(comment, visitor))
            .collect();
    }
}

fn visited(comment: Comment, visitor: &mut impl VisitMut) -> Option<Comment> {
    let mut comment = Some(comment);
    visitor.comment(&mut comment);
    comment
}

impl Statement {
    fn visit_mut(&mut self, visitor: &mut impl VisitMut) {
        match self {
            Self::Variable(variable) => {
                visitor.comment(&mut variable.comment);
                visitor.comment(&mut variable.name.comment);
                variable.value.visit_mut(visitor);
            }
            Self::TypedVariable(variable) => {
                visitor.comment(&mut variable.comment);
                visitor.comment(&mut variable.name.comment);
                visitor.comment(&mut variable.kind.comment);
            }
            Self::Dbrp(dbrp) => visitor.comment(&mut dbrp.comment),
            Self::Expression(expression) => expression.visit_mut(visitor),
        }
    }
}

impl Expression {
    /// Shows this expression and every part of it to the visitor, in the order of the source.
    pub fn visit_mut(&mut self, visitor: &mut impl VisitMut) {
        match self {
            Self::Number(number) => visitor.comment(&mut number.comment),
            Self::Duration(duration) => visitor.comment(&mut duration.comment),
            Self::Bool(value) => visitor.comment(&mut value.comment),
            Self::String(string) => visitor.comment(&mut string.comment),
            Self::Regex(regex) => visitor.comment(&mut regex.comment),
            Self::Star(star) => visitor.comment(&mut star.comment),
            Self::Reference(reference) => visitor.comment(&mut reference.comment),
            Self::Identifier(identifier) => visitor.comment(&mut identifier.comment),
            Self::List(list) => {
                visitor.comment(&mut list.comment);
                list.items.iter_mut().for_each(|item| item.visit_mut(visitor));
            }
            Self::Call(call) => call.visit_mut(visitor),
            Self::Unary(unary) => {
                visitor.comment(&mut unary.comment);
                unary.operand.visit_mut(visitor);
            }
            Self::Binary(binary) => {
                binary.first.visit_mut(visitor);
                for operation in &mut binary.rest {
                    visitor.comment(&mut operation.comment);
                    operation.operand.visit_mut(visitor);
                }
            }
            Self::Lambda(lambda) => {
                visitor.comment(&mut lambda.comment);
                lambda.expression.visit_mut(visitor);
            }
            Self::Chain(chain) => {
                chain.head.visit_mut(visitor);
                for link in &mut chain.links {
                    visitor.comment(&mut link.comment);
                    link.member.visit_mut(visitor);
                }
            }
        }
        visitor.expression(self);
    }
}

impl Member {
    fn visit_mut(&mut self, visitor: &mut impl VisitMut) {
        match self {
            Self::Identifier(identifier) => visitor.comment(&mut identifier.comment),
            Self::Call(call) => call.visit_mut(visitor),
        }
    }
}

impl Call {
    fn visit_mut(&mut self, visitor: &mut impl VisitMut) {
        visitor.comment(&mut self.comment);
        self.arguments
            .iter_mut()
            .for_each(|argument| argument.visit_mut(visitor));
        visitor.call(self);
    }
}
