//! Paging by the last row seen: rows neither shift nor cost a server-side cursor, and any page is one cheap query.

use chrono::{DateTime, Utc};

use super::condition::{Condition, Operator};
use super::literal::Value;
use super::query::{Direction, Nulls, Query};
use crate::id::SalesforceId;
use crate::names::Field;

/// An order over a time and, for rows of one time, the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keyset {
    time: Field,
    direction: Direction,
}

/// The last row of a page.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Position {
    /// Its time; Salesforce's are whole seconds, and only those are compared.
    pub time: DateTime<Utc>,
    /// Its id.
    pub id: SalesforceId,
}

impl Keyset {
    /// Over a date-time field that is never empty, e.g. `CreatedDate`.
    #[must_use]
    pub const fn new(time: Field, direction: Direction) -> Self {
        Self { time, direction }
    }

    /// The query, in this order, for the `rows` that follow the position and one more, whose presence says that
    /// there is a next page. The query must select the time and `Id`.
    #[must_use]
    pub fn page(self, query: Query, after: Option<&Position>, rows: u32) -> Query {
        let query = match after {
            Some(position) => query.filter(self.after(position)),
            None => query,
        };
        query
            .order_by(self.time, self.direction, Nulls::Last)
            .order_by(Field::ID, self.direction, Nulls::Last)
            .limit(rows.saturating_add(1))
    }

    fn after(self, position: &Position) -> Condition {
        let operator = match self.direction {
            Direction::Ascending => Operator::Greater,
            Direction::Descending => Operator::Less,
        };
        let time = || Value::DateTime(position.time);
        Condition::compare(self.time, operator, time()).or(Condition::equal(self.time, time())
            .and(Condition::compare(Field::ID, operator, Value::Id(position.id.clone()))))
    }
}
