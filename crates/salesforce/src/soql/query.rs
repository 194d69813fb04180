//! Queries: what is selected, from where, in which order.

use std::fmt;

use super::check;
use super::condition::{Condition, join};
use crate::names::{Field, Object};

/// A query that is being put together. [`Query::build`] checks it.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub(super) object: Object,
    /// Empty for a count.
    pub(super) fields: Vec<Field>,
    pub(super) is_count: bool,
    pub(super) children: Vec<Query>,
    pub(super) filters: Vec<Condition>,
    pub(super) order: Vec<Order>,
    pub(super) limit: Option<u32>,
    pub(super) offset: Option<u32>,
    pub(super) batch: Option<u16>,
}

/// One term of ORDER BY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) field: Field,
    direction: Direction,
    nulls: Nulls,
}

/// Direction of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smallest, oldest, first in the alphabet or in the picklist's set-up first.
    Ascending,
    /// The other way round.
    Descending,
}

/// Where rows stand whose field is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    /// Before all others.
    First,
    /// After all others.
    Last,
}

/// Text of a query within SOQL's limits, and the only thing that can be sent as one.
#[derive(Clone, PartialEq, Eq)]
pub struct Soql {
    text: String,
    pub(crate) object: Object,
    pub(crate) batch: Option<u16>,
}

/// Why a query cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// Nothing is selected.
    #[error("a query selects at least one field")]
    NothingSelected,
    /// A field is selected twice; names are case-insensitive.
    #[error("a field is selected twice")]
    DuplicateField,
    /// IN needs a value.
    #[error("a list of values is empty")]
    EmptyList,
    /// Null and truth values can be equal or not, nothing else.
    #[error("this value has no order")]
    Unordered,
    /// Years from 1700 to 4000 only.
    #[error("a point in time is out of SOQL's range")]
    TimeOutOfRange,
    /// More than 20 lists of children, more than 55 parents, or children of children.
    #[error("too many relationships")]
    Relationships,
    /// A list of children that counts or has an offset.
    #[error("a list of children selects fields and has no offset")]
    Children,
    /// More than two, below OR or NOT, in each other, on the same object, or selecting other than one field.
    #[error("a semi-join stands where SOQL allows none")]
    SemiJoin,
    /// OFFSET is limited to 2,000.
    #[error("the offset is larger than 2,000")]
    OffsetTooLarge,
    /// The batch size must be from 200 to 2,000.
    #[error("the batch size is not between 200 and 2,000")]
    BatchSize,
    /// Longer than 100,000 characters.
    #[error("a query is limited to 100,000 characters")]
    TooLong,
}

impl Query {
    /// `SELECT … FROM object`; for a list of children the name of the relationship, e.g. `CaseComments`.
    #[must_use]
    pub fn select(object: Object, fields: &[Field]) -> Self {
        Self {
            object,
            fields: fields.to_vec(),
            is_count: false,
            children: Vec::new(),
            filters: Vec::new(),
            order: Vec::new(),
            limit: None,
            offset: None,
            batch: None,
        }
    }

    /// `SELECT COUNT() FROM object`; the answer's `totalSize` is the count.
    #[must_use]
    pub fn count(object: Object) -> Self {
        Self { is_count: true, ..Self::select(object, &[]) }
    }

    /// Selects the child records of each row as well: a query whose object is the relationship's name.
    #[must_use]
    pub fn children(mut self, children: Self) -> Self {
        self.children.push(children);
        self
    }

    /// Adds a condition that must hold as well.
    #[must_use]
    pub fn filter(mut self, condition: Condition) -> Self {
        self.filters.push(condition);
        self
    }

    /// Adds a term to the order. Without a unique last term the order of equal rows is undefined.
    #[must_use]
    pub fn order_by(mut self, field: Field, direction: Direction, nulls: Nulls) -> Self {
        self.order.push(Order { field, direction, nulls });
        self
    }

    /// At most so many rows.
    #[must_use]
    pub fn limit(mut self, rows: u32) -> Self {
        self.limit = Some(rows);
        self
    }

    /// Leaves out so many rows, at most 2,000. Rows shift when others change: prefer [`super::Keyset`].
    #[must_use]
    pub fn offset(mut self, rows: u32) -> Self {
        self.offset = Some(rows);
        self
    }

    /// Asks for pages of so many rows, 200 to 2,000; Salesforce may give others.
    #[must_use]
    pub fn batch_size(mut self, rows: u16) -> Self {
        self.batch = Some(rows);
        self
    }

    /// Checks the query against SOQL's rules and limits and gives its text.
    pub fn build(&self) -> Result<Soql, QueryError> {
        check::query(self)?;
        let text = self.to_string();
        if text.encode_utf16().count() > check::MAX_CHARS {
            return Err(QueryError::TooLong);
        }
        Ok(Soql { text, object: self.object, batch: self.batch })
    }
}

impl Soql {
    /// The text, not yet encoded for a URL. It holds what was searched for: not for logs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// The text, unchecked; `Soql` is the checked one.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SELECT ")?;
        if self.is_count {
            f.write_str("COUNT()")?;
        }
        for (index, field) in self.fields.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            f.write_str(field.name())?;
        }
        for (index, children) in self.children.iter().enumerate() {
            if index > 0 || !self.fields.is_empty() {
                f.write_str(", ")?;
            }
            write!(f, "({children})")?;
        }
        write!(f, " FROM {}", self.object.name())?;
        if !self.filters.is_empty() {
            f.write_str(" WHERE ")?;
            join(f, &self.filters, " AND ")?;
        }
        if !self.order.is_empty() {
            f.write_str(" ORDER BY ")?;
            join(f, &self.order, ", ")?;
        }
        if let Some(rows) = self.limit {
            write!(f, " LIMIT {rows}")?;
        }
        if let Some(rows) = self.offset {
            write!(f, " OFFSET {rows}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = match self.direction {
            Direction::Ascending => "ASC",
            Direction::Descending => "DESC",
        };
        let nulls = match self.nulls {
            Nulls::First => "FIRST",
            Nulls::Last => "LAST",
        };
        write!(f, "{} {direction} NULLS {nulls}", self.field.name())
    }
}

impl fmt::Debug for Soql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Soql").field("object", &self.object.name()).finish_non_exhaustive()
    }
}
