//! SOQL: statements as data, how they are read and how they are printed.
//!
//! The part of the language a portal's queries need; see the SOQL and SOSL Reference.

mod lexer;
mod literal;
mod parser;
mod print;

use chrono::{DateTime, FixedOffset, NaiveDate};

pub use parser::{parse, parse_condition};

/// A name in a statement, dotted when it goes over relationships, and its offset in characters.
#[derive(Debug, Clone)]
pub struct Name {
    pub text: String,
    pub at: usize,
}

#[derive(Debug, Clone)]
pub struct Query {
    pub select: Vec<Item>,
    pub from: Name,
    /// `FROM Account a`: another name for the object.
    pub alias: Option<String>,
    pub filter: Option<Condition>,
    pub group: Vec<Name>,
    pub order: Vec<Order>,
    pub limit: Option<u64>,
    pub offset: Option<u64>,
}

#[derive(Debug, Clone)]
pub enum Item {
    Field(Name),
    /// `COUNT()`
    CountAll,
    Aggregate {
        function: Function,
        name: Name,
        alias: Option<String>,
    },
    /// `(SELECT … FROM Contacts)`
    Children(Box<Query>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    Count,
    CountDistinct,
    Min,
    Max,
    Sum,
    Avg,
}

#[derive(Debug, Clone)]
pub struct Order {
    pub name: Name,
    pub descending: bool,
    pub nulls_last: bool,
}

#[derive(Debug, Clone)]
pub enum Condition {
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Compare {
        name: Name,
        operator: Operator,
        value: Literal,
    },
    Like {
        name: Name,
        pattern: Vec<Glob>,
    },
    In {
        name: Name,
        negated: bool,
        values: Vec<Literal>,
    },
    /// `Id IN (SELECT ParentId FROM …)`
    Join {
        name: Name,
        negated: bool,
        query: Box<Query>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A piece of a LIKE pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glob {
    /// `%`
    Any,
    /// `_`
    One,
    Exactly(char),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    Null,
    Boolean(bool),
    Text(String),
    /// As written.
    Number(String),
    Date(NaiveDate),
    DateTime(DateTime<FixedOffset>),
    /// `TODAY`, `LAST_N_DAYS:7`: the name in capitals and its number.
    Relative(String, Option<u32>),
}

/// Why a statement could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SoqlError {
    Empty,
    /// This token is out of place; none = the statement ends too early.
    Unexpected(Option<String>),
    /// A backslash before a character that has no escape, or a string without end.
    Text,
    /// A limit of the language, in words.
    Limit(&'static str),
}
