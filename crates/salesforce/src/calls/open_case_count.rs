//! How many cases of an account are open.

use reqwest::Method;
use serde::Deserialize;
use tokio::time::Instant;

use crate::client::{Client, DataCall, decode};
use crate::error::{Error, NotSent};
use crate::id::SalesforceId;
use crate::soql::{Condition, Field, Operator, Query, Value};

const CASE: Field = Field::new("Case");
const ACCOUNT_ID: Field = Field::new("AccountId");
const IS_CLOSED: Field = Field::new("IsClosed");

#[derive(Deserialize)]
struct CountAnswer {
    #[serde(rename = "totalSize")]
    total_size: u64,
}

impl Client {
    /// Number of cases of the account that are not closed. One request, one counted call.
    ///
    /// `account` must be the caller's own: the integration user may read every account.
    pub async fn open_case_count(&self, account: &SalesforceId, deadline: Instant) -> Result<u64, Error> {
        if account.key_prefix() != "001" {
            // Any other id would count nothing and look like a customer without cases.
            return Err(Error::NotSent(NotSent::InvalidInput("account id")));
        }
        let query = Query::count(CASE)
            .filter(Condition::compare(ACCOUNT_ID, Operator::Equal, Value::Id(account.clone())))
            .filter(Condition::compare(IS_CLOSED, Operator::Equal, Value::Bool(false)));
        let call = DataCall {
            resource: "Case",
            method: Method::GET,
            path: self.versioned("/query"),
            query: vec![("q", query.to_string())],
            json: None,
        };
        let answer = self.send(&call, deadline).await.map_err(Error::addressing_no_record)?;
        Ok(decode::<CountAnswer>(&answer)?.total_size)
    }
}
