//! `GetCredits`: the movements of a client's credit balance.
//!
//! Source: <https://developers.whmcs.com/api-reference/getcredits/>.

use std::fmt;

use chrono::NaiveDate;
use tokio::time::Instant;

use crate::{
    action::GET_CREDITS, amount::Amount, client::Client, error::Error, form::Form, ids::ClientId,
    object::Object,
};

/// A movement of the credit balance, in the client's currency. `Debug` shows its number only.
#[derive(Clone, PartialEq, Eq)]
pub struct Credit {
    /// The movement's number.
    pub id: u64,
    /// When.
    pub date: Option<NaiveDate>,
    /// What the customer reads.
    pub description: String,
    /// What was added; negative for what was spent.
    pub amount: Amount,
    /// The record that it belongs to, where there is one.
    pub related_id: Option<u64>,
}

impl Client {
    /// All movements of a client's credit balance. There are no pages.
    pub async fn credits(&self, client_id: ClientId, deadline: Instant) -> Result<Vec<Credit>, Error> {
        let params = Form::new().with("clientid", client_id);
        let answer = self.call(GET_CREDITS, &params, deadline).await?;
        // The rows do not say whose they are; the answer does.
        match answer.optional_id::<ClientId>("clientid")? {
            Some(other) if other != client_id => Err(Error::shape("clientid")),
            _ => credits(&answer),
        }
    }
}

pub(crate) fn credits(answer: &Object) -> Result<Vec<Credit>, Error> {
    answer
        .rows("credits", "credit")?
        .into_iter()
        .map(|row| {
            Ok(Credit {
                id: row.id("id")?,
                date: row.date("date")?,
                description: row.display("description")?,
                amount: row.amount("amount")?,
                related_id: row.optional_id("relid")?,
            })
        })
        .collect()
}

impl fmt::Debug for Credit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credit").field("id", &self.id).finish_non_exhaustive()
    }
}
