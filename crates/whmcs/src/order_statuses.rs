//! `GetOrderStatuses`: the states that orders can be in, those that the installation has added among them.
//!
//! Source: <https://developers.whmcs.com/api-reference/getorderstatuses/>.

use tokio::time::Instant;

use crate::{
    action::GET_ORDER_STATUSES, client::Client, error::Error, form::Form, object::Object, orders::OrderStatus,
};

/// A state of orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderStatusCount {
    /// The state.
    pub status: OrderStatus,
    /// How many orders of the whole installation are in it.
    pub count: u64,
}

impl Client {
    /// All states of orders.
    pub async fn order_statuses(&self, deadline: Instant) -> Result<Vec<OrderStatusCount>, Error> {
        order_statuses(&self.call(GET_ORDER_STATUSES, &Form::new(), deadline).await?)
    }
}

pub(crate) fn order_statuses(answer: &Object) -> Result<Vec<OrderStatusCount>, Error> {
    answer
        .rows("statuses", "status")?
        .into_iter()
        .map(|row| {
            let title = row.optional_display("title")?.ok_or_else(|| Error::shape("title"))?;
            Ok(OrderStatusCount {
                status: OrderStatus::from_word(title),
                count: row.number("count")?.unwrap_or_default(),
            })
        })
        .collect()
}
