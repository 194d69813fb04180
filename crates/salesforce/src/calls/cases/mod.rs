//! What belongs to a case. The account is a condition of every query, so that a case of another customer looks like
//! none; what must stay internal is left out by the query and once more on the way out.

mod comments;
mod emails;
mod history;
mod statuses;

pub use comments::CaseComment;
pub use emails::CaseEmail;
pub use history::CaseChange;
use serde::de::DeserializeOwned;
pub use statuses::CaseStatus;
use tokio::time::Instant;

use crate::client::Client;
use crate::error::{Error, NotSent};
use crate::id::SalesforceId;
use crate::soql::{Condition, Direction, Field, Keyset, Position, Query};

/// Key prefix and argument's name of a case.
pub(super) const CASE: (&str, &str) = ("500", "case id");
const ACCOUNT: (&str, &str) = ("001", "account id");
const CREATED: Field = Field::new("CreatedDate");
const OLDEST_FIRST: Keyset = Keyset::new(CREATED, Direction::Ascending);

/// A case, and the account it must belong to: the customer's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseOf<'a> {
    /// The case.
    pub case: &'a SalesforceId,
    /// The account.
    pub account: &'a SalesforceId,
}

/// Some rows of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// After what the next ones come; `None` where these were the last.
    pub next: Option<Position>,
}

/// A row of a list in order of time.
trait Row: DeserializeOwned {
    fn position(&self) -> Position;
    /// Whether customers may see it.
    fn is_public(&self) -> bool;
}

impl CaseOf<'_> {
    /// The query for records whose lookup `case` leads to the case, and over it `account` to the account.
    fn only(self, query: Query, case: Field, account: Field) -> Result<Query, Error> {
        check_id(self.case, CASE)?;
        check_id(self.account, ACCOUNT)?;
        Ok(query
            .filter(Condition::equal(case, self.case.into()))
            .filter(Condition::equal(account, self.account.into())))
    }
}

impl Client {
    /// Up to `rows` rows after the position, oldest first.
    async fn list<T: Row>(
        &self,
        query: Query,
        after: Option<&Position>,
        rows: u32,
        deadline: Instant,
    ) -> Result<Listed<T>, Error> {
        let soql = OLDEST_FIRST.page(query, after, rows).build().map_err(unusable)?;
        let wanted = usize::try_from(rows).unwrap_or(usize::MAX);
        let mut found = self.query_up_to::<T>(&soql, wanted.saturating_add(1), deadline).await?.records;
        let more = found.len() > wanted;
        found.truncate(wanted);
        let next = if more { found.last().map(Row::position) } else { None };
        found.retain(Row::is_public);
        Ok(Listed { rows: found, next })
    }
}

/// An id of another object would find nothing and look like an empty list.
pub(super) fn check_id(id: &SalesforceId, (prefix, argument): (&str, &'static str)) -> Result<(), Error> {
    if id.key_prefix() == prefix { Ok(()) } else { Err(Error::NotSent(NotSent::InvalidInput(argument))) }
}

pub(super) fn unusable<E>(_: E) -> Error {
    Error::NotSent(NotSent::InvalidInput("query"))
}
