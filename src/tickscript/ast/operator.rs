//! The operators, as they are written, and how tightly they bind.

/// The operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `OR`
    Or,
    /// `AND`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    RegexEqual,
    /// `!~`
    RegexNotEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}

impl Operator {
    /// How tightly the operator binds: 0 for `OR` to 5 for `*`, as in Kapacitor.
    pub fn precedence(self) -> u8 {
        match self {
            Self::Or => 0,
            Self::And => 1,
            Self::Equal | Self::NotEqual | Self::RegexEqual | Self::RegexNotEqual => 2,
            Self::Greater | Self::GreaterEqual | Self::Less | Self::LessEqual => 3,
            Self::Plus | Self::Minus => 4,
            Self::Multiply | Self::Divide | Self::Modulo => 5,
        }
    }

    /// The operator as it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Or => "OR",
            Self::And => "AND",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::RegexEqual => "=~",
            Self::RegexNotEqual => "!~",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
        }
    }
}

/// The operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `-`
    Minus,
    /// `!`
    Not,
}

impl UnaryOperator {
    /// The operator as it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Minus => "-",
            Self::Not => "!",
        }
    }
}

/// The operators of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainOperator {
    /// `|` makes a new node.
    Pipe,
    /// `.` sets a property of the node.
    Dot,
    /// `@` makes a node from a user-defined function.
    At,
}

impl ChainOperator {
    /// The operator as it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Pipe => "|",
            Self::Dot => ".",
            Self::At => "@",
        }
    }
}
