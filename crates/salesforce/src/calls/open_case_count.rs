//! How many cases of an account are open.

use tokio::time::Instant;

use crate::client::Client;
use crate::error::{Error, NotSent};
use crate::id::SalesforceId;
use crate::soql::{Condition, Field, Object, Query, Value};

const CASE: Object = Object::new("Case");
const ACCOUNT_ID: Field = Field::new("AccountId");
const IS_CLOSED: Field = Field::new("IsClosed");

impl Client {
    /// Number of cases of the account that are not closed. One request, one counted call.
    ///
    /// `account` must be the caller's own: the integration user may read every account.
    pub async fn open_case_count(&self, account: &SalesforceId, deadline: Instant) -> Result<u64, Error> {
        if account.key_prefix() != "001" {
            // Any other id would count nothing and look like a customer without cases.
            return Err(Error::NotSent(NotSent::InvalidInput("account id")));
        }
        let soql = Query::count(CASE)
            .filter(Condition::equal(ACCOUNT_ID, account.into()))
            .filter(Condition::equal(IS_CLOSED, Value::Bool(false)))
            .build()
            .map_err(|_| Error::NotSent(NotSent::InvalidInput("query")))?;
        Ok(self.query::<serde::de::IgnoredAny>(&soql, deadline).await?.total_size)
    }
}
