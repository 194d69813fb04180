//! SOQL that cannot be injected into: identifiers are checked constants of the program, values are typed and escaped
//! in one place. There is no way to put text into a query as it is.
//!
//! ```
//! use salesforce::soql::{Condition, Direction, Field, Keyset, Object, Query, Value};
//!
//! const SUBJECT: Field = Field::new("Subject");
//! const CREATED: Field = Field::new("CreatedDate");
//! let found = Query::select(Object::new("Case"), &[Field::ID, SUBJECT, CREATED])
//!     .filter(Condition::equal(Field::new("IsClosed"), Value::Bool(false)))
//!     .filter(Condition::contains(SUBJECT, "100 %' OR Name != '")?);
//! let soql = Keyset::new(CREATED, Direction::Descending).page(found, None, 25).build()?;
//! assert!(soql.as_str().contains(r"LIKE '%100 \%\' OR Name != \'%' ORDER BY"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod check;
mod condition;
mod keyset;
mod literal;
mod query;
#[cfg(test)]
mod tests;

pub use condition::{Condition, Operator};
pub use keyset::{Keyset, Position};
pub use literal::{LiteralError, Text, Value};
pub use query::{Direction, Nulls, Query, QueryError, Soql};

pub use crate::names::{Field, Object};
