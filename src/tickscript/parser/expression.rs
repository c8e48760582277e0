//! Expressions: chains, calls, operations and literals.

use super::super::ast::{
    Binary, BoolLiteral, Call, Chain, ChainOperator, Duration, Expression, Lambda, Link, List, Member, Number,
    NumberLiteral, Operation, Operator, Quotes, Reference, Regex, Star, StringLiteral, Unary, UnaryOperator,
};
use super::super::error::{ErrorKind, ParseError};
use super::{Parser, Placed};
use crate::tickscript::lexer::regex_syntax;
use crate::tickscript::lexer::token::{Token, TokenKind};

type Read<T> = Result<Placed<T>, ParseError>;

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Read<Expression> {
        self.nested(|parser| match parser.cursor.peek() {
            TokenKind::Identifier => parser.identifier_first(),
            TokenKind::Lambda => parser.lambda(),
            TokenKind::LeftBracket => parser.list(),
            _ => parser.operation(),
        })
    }

    /// What begins with an identifier: a chain, a call or an operation.
    fn identifier_first(&mut self) -> Read<Expression> {
        self.cursor.next();
        let behind = self.cursor.peek().clone();
        self.cursor.back();
        match behind {
            TokenKind::LeftParenthesis => {
                let Placed { node, position } = self.call()?;
                match self.cursor.peek() {
                    TokenKind::Dot | TokenKind::Pipe | TokenKind::At => self.chain(Member::Call(node)),
                    // Kapacitor treats both as chains without a link: no operation can follow.
                    TokenKind::Var | TokenKind::Identifier => Ok(Placed {
                        node: node.into(),
                        position,
                    }),
                    _ => self.operators(
                        Placed {
                            node: node.into(),
                            position,
                        },
                        0,
                    ),
                }
            }
            TokenKind::Dot | TokenKind::Pipe | TokenKind::At => {
                let head = self.identifier()?.node;
                self.chain(Member::Identifier(head))
            }
            _ => self.operation(),
        }
    }

    fn chain(&mut self, head: Member) -> Read<Expression> {
        let mut links = Vec::new();
        let mut position = 0;
        while let Some(operator) = chain_operator(self.cursor.peek()) {
            position = self.cursor.next().start;
            let comment = self.cursor.take_comment();
            let member = self.member(operator)?;
            links.push(Link {
                comment,
                operator,
                member,
            });
        }
        Ok(Placed {
            node: Chain { head, links }.into(),
            position,
        })
    }

    fn member(&mut self, operator: ChainOperator) -> Result<Member, ParseError> {
        self.cursor.next();
        let is_call = operator == ChainOperator::Pipe || *self.cursor.peek() == TokenKind::LeftParenthesis;
        self.cursor.back();
        if is_call {
            return Ok(Member::Call(self.call()?.node));
        }
        Ok(Member::Identifier(self.identifier()?.node))
    }

    /// A call outside of an operation: its arguments can be chains, lambdas and lists.
    fn call(&mut self) -> Read<Call> {
        let name = self.expect(TokenKind::Identifier)?;
        let comment = self.cursor.take_comment();
        let call = self.arguments(&name, Self::expression)?;
        Ok(Placed {
            node: Call { comment, ..call },
            position: name.start,
        })
    }

    /// A call within an operation: its arguments are operations. A comment before its name is left where it is.
    fn inner_call(&mut self) -> Read<Expression> {
        let name = self.expect(TokenKind::Identifier)?;
        let call = self.arguments(&name, Self::operation)?;
        Ok(Placed {
            node: call.into(),
            position: name.start,
        })
    }

    fn arguments(&mut self, name: &Token, argument: fn(&mut Self) -> Read<Expression>) -> Result<Call, ParseError> {
        self.expect(TokenKind::LeftParenthesis)?;
        let mut arguments = Vec::new();
        let mut last = name.start;
        while *self.cursor.peek() != TokenKind::RightParenthesis {
            let Placed { node, position } = argument(self)?;
            arguments.push(node);
            last = position;
            if !self.accept_comma() {
                break;
            }
        }
        self.expect(TokenKind::RightParenthesis)?;
        let multi_line = self.has_newline(name.start, last);
        Ok(Call {
            comment: None,
            name: self.text(name).to_owned(),
            arguments,
            multi_line,
        })
    }

    fn accept_comma(&mut self) -> bool {
        let is_comma = self.cursor.next().kind == TokenKind::Comma;
        if !is_comma {
            self.cursor.back();
        }
        is_comma
    }

    fn list(&mut self) -> Read<Expression> {
        let bracket = self.expect(TokenKind::LeftBracket)?;
        let comment = self.cursor.take_comment();
        let mut items = Vec::new();
        while *self.cursor.peek() != TokenKind::RightBracket {
            items.push(self.item()?);
            if !self.accept_comma() {
                break;
            }
        }
        self.expect(TokenKind::RightBracket)?;
        Ok(Placed {
            node: List { comment, items }.into(),
            position: bracket.start,
        })
    }

    fn item(&mut self) -> Result<Expression, ParseError> {
        match self.cursor.peek() {
            TokenKind::Identifier => Ok(self.identifier()?.node.into()),
            TokenKind::String => Ok(self.string()?.node),
            TokenKind::Star => Ok(self.star()?.node),
            _ => {
                let token = self.cursor.next();
                Err(self.unexpected(&token, &[TokenKind::Identifier, TokenKind::String, TokenKind::Star]))
            }
        }
    }

    fn lambda(&mut self) -> Read<Expression> {
        let position = self.cursor.next().start;
        let comment = self.cursor.take_comment();
        let expression = self.operation()?.node;
        Ok(Placed {
            node: Lambda { comment, expression }.into(),
            position,
        })
    }

    /// An operand, and the operators and operands behind it.
    fn operation(&mut self) -> Read<Expression> {
        let first = self.operand()?;
        self.operators(first, 0)
    }

    /// Reads on while the operators have at least this precedence.
    fn operators(&mut self, mut left: Placed<Expression>, minimum: u8) -> Read<Expression> {
        while let Some(operator) = self.operator_from(minimum) {
            let position = self.cursor.next().start;
            let comment = self.cursor.take_comment();
            let mut right = self.operand()?;
            while let Some(tighter) = self.operator_from(operator.precedence() + 1) {
                right = self.nested(|parser| parser.operators(right, tighter.precedence()))?;
            }
            let multi_line = self.has_newline(left.position, right.position);
            let operation = Operation {
                comment,
                operator,
                operand: right.node,
                multi_line,
            };
            left = Placed {
                node: Binary::join(left.node, operation).into(),
                position,
            };
        }
        Ok(left)
    }

    /// The operator that comes next, where it has at least this precedence.
    fn operator_from(&mut self, minimum: u8) -> Option<Operator> {
        match self.cursor.peek() {
            TokenKind::Operator(operator) if operator.precedence() >= minimum => Some(*operator),
            _ => None,
        }
    }

    /// What can hold another operand is told apart here, the rest elsewhere: that keeps the stack small that a deeply
    /// nested script takes.
    fn operand(&mut self) -> Read<Expression> {
        match self.cursor.peek() {
            TokenKind::LeftParenthesis => self.nested(Self::parenthesised),
            TokenKind::Identifier => self.identifier_or_call(),
            TokenKind::Operator(Operator::Minus) => self.unary(UnaryOperator::Minus),
            TokenKind::Not => self.unary(UnaryOperator::Not),
            _ => self.literal(),
        }
    }

    fn literal(&mut self) -> Read<Expression> {
        match self.cursor.peek() {
            TokenKind::Number => self.number(),
            TokenKind::String => self.string(),
            TokenKind::True => self.boolean(true),
            TokenKind::False => self.boolean(false),
            TokenKind::Duration => self.duration(),
            TokenKind::Regex => self.regex(),
            TokenKind::Star => self.star(),
            TokenKind::Reference => {
                let Placed { node, position } = self.reference()?;
                Ok(Placed {
                    node: node.into(),
                    position,
                })
            }
            _ => {
                let token = self.cursor.next();
                Err(self.unexpected(&token, &OPERAND))
            }
        }
    }

    /// The comment before the parenthesis takes the place of the one behind it, even where there is none.
    fn parenthesised(&mut self) -> Read<Expression> {
        self.cursor.next();
        let comment = self.cursor.take_comment();
        let Placed { mut node, position } = self.operation()?;
        if let Expression::Binary(binary) = &mut node {
            binary.parenthesised = true;
        }
        node.set_comment(comment);
        self.expect(TokenKind::RightParenthesis)?;
        Ok(Placed { node, position })
    }

    fn identifier_or_call(&mut self) -> Read<Expression> {
        self.cursor.next();
        let is_call = *self.cursor.peek() == TokenKind::LeftParenthesis;
        self.cursor.back();
        if is_call {
            return self.nested(Self::inner_call);
        }
        let Placed { node, position } = self.identifier()?;
        Ok(Placed {
            node: node.into(),
            position,
        })
    }

    /// Kapacitor asks for the comment only behind the operand.
    fn unary(&mut self, operator: UnaryOperator) -> Read<Expression> {
        let position = self.cursor.next().start;
        let operand = self.nested(Self::operand)?.node;
        let comment = self.cursor.take_comment();
        Ok(Placed {
            node: Unary {
                comment,
                operator,
                operand,
            }
            .into(),
            position,
        })
    }

    fn number(&mut self) -> Read<Expression> {
        let token = self.cursor.next();
        let comment = self.cursor.take_comment();
        let text = self.text(&token);
        let Some(value) = Number::parse(text) else {
            return Err(self.error(&token, ErrorKind::Number(text.to_owned())));
        };
        Ok(Placed {
            node: NumberLiteral { comment, value }.into(),
            position: token.start,
        })
    }

    fn string(&mut self) -> Read<Expression> {
        let token = self.cursor.next();
        let comment = self.cursor.take_comment();
        let (value, quotes) = match self.text(&token) {
            text if text.len() >= 6 && text.starts_with("'''") => (text[3..text.len() - 3].to_owned(), Quotes::Triple),
            text => (text[1..text.len() - 1].replace("\\'", "'"), Quotes::Single),
        };
        Ok(Placed {
            node: StringLiteral { comment, value, quotes }.into(),
            position: token.start,
        })
    }

    fn boolean(&mut self, value: bool) -> Read<Expression> {
        let position = self.cursor.next().start;
        let comment = self.cursor.take_comment();
        Ok(Placed {
            node: BoolLiteral { comment, value }.into(),
            position,
        })
    }

    fn duration(&mut self) -> Read<Expression> {
        let token = self.cursor.next();
        let comment = self.cursor.take_comment();
        match Duration::parse(self.text(&token)) {
            Ok(duration) => Ok(Placed {
                node: Duration { comment, ..duration }.into(),
                position: token.start,
            }),
            Err(reason) => Err(self.error(&token, ErrorKind::Duration(reason.to_string()))),
        }
    }

    fn regex(&mut self) -> Read<Expression> {
        let token = self.cursor.next();
        let comment = self.cursor.take_comment();
        let text = self.text(&token);
        let literal = &text[1..text.len() - 1];
        match regex_syntax::check(&literal.replace("\\/", "/")) {
            Ok(()) => Ok(Placed {
                node: Regex {
                    comment,
                    literal: literal.to_owned(),
                }
                .into(),
                position: token.start,
            }),
            Err(reason) => Err(self.error(&token, ErrorKind::Regex(reason.to_string()))),
        }
    }

    fn star(&mut self) -> Read<Expression> {
        let position = self.cursor.next().start;
        let comment = self.cursor.take_comment();
        Ok(Placed {
            node: Star { comment }.into(),
            position,
        })
    }

    pub(super) fn reference(&mut self) -> Read<Reference> {
        let token = self.expect(TokenKind::Reference)?;
        let comment = self.cursor.take_comment();
        let text = self.text(&token);
        let name = text[1..text.len() - 1].replace("\\\"", "\"");
        Ok(Placed {
            node: Reference { comment, name },
            position: token.start,
        })
    }
}

/// What Kapacitor says that it expects where an operand is missing: neither all nor only what it takes.
const OPERAND: [TokenKind; 10] = [
    TokenKind::Number,
    TokenKind::String,
    TokenKind::Duration,
    TokenKind::Identifier,
    TokenKind::True,
    TokenKind::False,
    TokenKind::Operator(Operator::Equal),
    TokenKind::LeftParenthesis,
    TokenKind::Operator(Operator::Minus),
    TokenKind::Not,
];

fn chain_operator(kind: &TokenKind) -> Option<ChainOperator> {
    match kind {
        TokenKind::Pipe => Some(ChainOperator::Pipe),
        TokenKind::Dot => Some(ChainOperator::Dot),
        TokenKind::At => Some(ChainOperator::At),
        _ => None,
    }
}
