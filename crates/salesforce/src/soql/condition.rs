//! Conditions of a query. They are always parenthesised: SOQL refuses AND beside OR without parentheses.

use std::fmt;

use super::literal::{self, LiteralError, Value};
use super::query::Query;
use crate::names::Field;

/// Comparison in a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `=`; with strings case-insensitive.
    Equal,
    /// `!=`; also true for empty fields.
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A condition of a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition(pub(super) Expression);

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    Compare(Field, Operator, Value),
    Like(Field, Pattern),
    In(Field, Vec<Value>),
    NotIn(Field, Vec<Value>),
    InSelect(Field, Box<Query>),
    NotInSelect(Field, Box<Query>),
    Not(Box<Condition>),
    Any(Vec<Condition>),
    All(Vec<Condition>),
}

/// A quoted LIKE pattern.
#[derive(Clone, PartialEq)]
pub(super) struct Pattern(String);

impl Condition {
    /// `field operator value`.
    #[must_use]
    pub fn compare(field: Field, operator: Operator, value: Value) -> Self {
        Self(Expression::Compare(field, operator, value))
    }

    /// `field = value`.
    #[must_use]
    pub fn equal(field: Field, value: Value) -> Self {
        Self::compare(field, Operator::Equal, value)
    }

    /// True where the string field contains the text, whatever wildcards the text holds.
    pub fn contains(field: Field, text: &str) -> Result<Self, LiteralError> {
        Self::like(field, "%", text, "%")
    }

    /// True where the string field begins with the text, whatever wildcards the text holds.
    pub fn starts_with(field: Field, text: &str) -> Result<Self, LiteralError> {
        Self::like(field, "", text, "%")
    }

    /// True where the string field ends with the text, whatever wildcards the text holds.
    pub fn ends_with(field: Field, text: &str) -> Result<Self, LiteralError> {
        Self::like(field, "%", text, "")
    }

    fn like(field: Field, before: &str, text: &str, after: &str) -> Result<Self, LiteralError> {
        literal::pattern(before, text, after).map(|pattern| Self(Expression::Like(field, Pattern(pattern))))
    }

    /// True where the field is one of the values; at least one is needed.
    #[must_use]
    pub fn is_in(field: Field, values: impl IntoIterator<Item = Value>) -> Self {
        Self(Expression::In(field, values.into_iter().collect()))
    }

    /// True where the field is none of the values, also where it is empty; at least one is needed.
    #[must_use]
    pub fn is_not_in(field: Field, values: impl IntoIterator<Item = Value>) -> Self {
        Self(Expression::NotIn(field, values.into_iter().collect()))
    }

    /// True where the id or lookup field is among the values of the query's single field (semi-join). At most two
    /// of these and [`Condition::is_not_in_select`] in a query, not below OR or NOT, and not in each other.
    #[must_use]
    pub fn is_in_select(field: Field, query: Query) -> Self {
        Self(Expression::InSelect(field, Box::new(query)))
    }

    /// True where the id or lookup field is not among the values of the query's single field (anti-join).
    #[must_use]
    pub fn is_not_in_select(field: Field, query: Query) -> Self {
        Self(Expression::NotInSelect(field, Box::new(query)))
    }

    /// True where the condition is not.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "reads like `and` and `or` beside it")]
    pub fn not(self) -> Self {
        Self(Expression::Not(Box::new(self)))
    }

    /// True where either is.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match self.0 {
            Expression::Any(mut conditions) => {
                conditions.push(other);
                Self(Expression::Any(conditions))
            }
            _ => Self(Expression::Any(vec![self, other])),
        }
    }

    /// True where both are.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match self.0 {
            Expression::All(mut conditions) => {
                conditions.push(other);
                Self(Expression::All(conditions))
            }
            _ => Self(Expression::All(vec![self, other])),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Expression::Compare(field, operator, value) => write!(f, "{} {operator} {value}", field.name()),
            Expression::Like(field, pattern) => write!(f, "{} LIKE {}", field.name(), pattern.0),
            Expression::In(field, values) => list(f, *field, "IN", values),
            Expression::NotIn(field, values) => list(f, *field, "NOT IN", values),
            Expression::InSelect(field, query) => write!(f, "{} IN ({query})", field.name()),
            Expression::NotInSelect(field, query) => write!(f, "{} NOT IN ({query})", field.name()),
            Expression::Not(condition) => match condition.0 {
                Expression::Any(_) | Expression::All(_) | Expression::Not(_) => {
                    write!(f, "(NOT {condition})")
                }
                _ => write!(f, "(NOT ({condition}))"),
            },
            Expression::Any(conditions) => parenthesised(f, conditions, " OR "),
            Expression::All(conditions) => parenthesised(f, conditions, " AND "),
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, field: Field, word: &str, values: &[Value]) -> fmt::Result {
    write!(f, "{} {word} (", field.name())?;
    join(f, values, ", ")?;
    f.write_str(")")
}

fn parenthesised(f: &mut fmt::Formatter<'_>, conditions: &[Condition], word: &str) -> fmt::Result {
    f.write_str("(")?;
    join(f, conditions, word)?;
    f.write_str(")")
}

/// The parts with the word between them.
pub(super) fn join<T: fmt::Display>(f: &mut fmt::Formatter<'_>, parts: &[T], word: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(word)?;
        }
        write!(f, "{part}")?;
    }
    Ok(())
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        })
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pattern([redacted])")
    }
}
