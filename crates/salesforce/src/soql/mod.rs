//! SOQL that cannot be injected into: identifiers are checked constants of the program, values are typed and escaped
//! in one place. There is no way to put text into a query as it is.

mod literal;

use std::fmt;

pub use literal::{LiteralError, Text, Value};

/// Name of an object or field, or a path of names such as `Account.Name`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field(&'static str);

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
pub struct Condition(Expression);

#[derive(Clone, Debug, PartialEq)]
enum Expression {
    Compare(Field, Operator, Value),
    Like(Field, String),
    Any(Vec<Condition>),
    All(Vec<Condition>),
}

/// A query. `Display` gives its text, not yet encoded for a URL.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    object: Field,
    filters: Vec<Condition>,
}

impl Field {
    /// A name known when the program is written.
    ///
    /// # Panics
    /// When the name is no dotted path of SOQL identifiers; in a constant that is a compile error.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        assert!(is_path(name.as_bytes()), "no SOQL identifier");
        Self(name)
    }
}

/// Letters, digits and `_` in parts that begin with a letter, joined by single dots.
const fn is_path(mut name: &[u8]) -> bool {
    let mut at_start = true;
    while let [byte, rest @ ..] = name {
        let fits = if at_start {
            byte.is_ascii_alphabetic()
        } else {
            byte.is_ascii_alphanumeric() || matches!(*byte, b'_' | b'.')
        };
        if !fits {
            return false;
        }
        at_start = matches!(*byte, b'.');
        name = rest;
    }
    !at_start
}

impl Condition {
    /// `field operator value`.
    #[must_use]
    pub fn compare(field: Field, operator: Operator, value: Value) -> Self {
        Self(Expression::Compare(field, operator, value))
    }

    /// True where the string field contains the text, whatever wildcards the text holds.
    pub fn contains(field: Field, text: &str) -> Result<Self, LiteralError> {
        Ok(Self(Expression::Like(field, literal::containing(text)?)))
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

impl Query {
    /// `SELECT COUNT() FROM object`; the answer's `totalSize` is the count.
    #[must_use]
    pub fn count(object: Field) -> Self {
        Self { object, filters: Vec::new() }
    }

    /// Adds a condition that must hold as well.
    #[must_use]
    pub fn filter(mut self, condition: Condition) -> Self {
        self.filters.push(condition);
        self
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SELECT COUNT() FROM {}", self.object.0)?;
        if !self.filters.is_empty() {
            f.write_str(" WHERE ")?;
            join(f, &self.filters, " AND ")?;
        }
        Ok(())
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Expression::Compare(field, operator, value) => write!(f, "{} {operator} {value}", field.0),
            Expression::Like(field, pattern) => write!(f, "{} LIKE {pattern}", field.0),
            // Always parenthesised: mixed AND and OR without parentheses are an error.
            Expression::Any(conditions) => parenthesised(f, conditions, " OR "),
            Expression::All(conditions) => parenthesised(f, conditions, " AND "),
        }
    }
}

fn parenthesised(f: &mut fmt::Formatter<'_>, conditions: &[Condition], word: &str) -> fmt::Result {
    f.write_str("(")?;
    join(f, conditions, word)?;
    f.write_str(")")
}

fn join(f: &mut fmt::Formatter<'_>, conditions: &[Condition], word: &str) -> fmt::Result {
    for (index, condition) in conditions.iter().enumerate() {
        if index > 0 {
            f.write_str(word)?;
        }
        write!(f, "{condition}")?;
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

#[cfg(test)]
mod tests {
    use super::*;

    const SUBJECT: Field = Field::new("Subject");
    const STATUS: Field = Field::new("Status");

    #[test]
    fn conditions_are_joined_and_grouped() {
        let status = |text| Condition::compare(STATUS, Operator::Equal, Value::Str(Text::new(text).unwrap()));
        let query = Query::count(Field::new("Case"))
            .filter(
                status("New")
                    .or(status("Working").and(Condition::contains(SUBJECT, "100%").unwrap()))
                    .or(status("Escalated")),
            )
            .filter(Condition::compare(Field::new("Account.Name"), Operator::NotEqual, Value::Null));
        assert_eq!(
            query.to_string(),
            "SELECT COUNT() FROM Case WHERE (Status = 'New' OR (Status = 'Working' AND Subject LIKE '%100\\%%') OR Status = 'Escalated') \
             AND Account.Name != null"
        );
    }

    #[test]
    fn only_identifiers_are_names() {
        for name in ["Case", "Portal_Request_Id__c", "Account.Owner.Name", "a1"] {
            assert!(is_path(name.as_bytes()), "{name}");
        }
        for name in ["", ".", "a.", ".a", "a..b", "1a", "_a", "a b", "a'", "COUNT()", "é", "a.1"] {
            assert!(!is_path(name.as_bytes()), "{name}");
        }
    }
}
