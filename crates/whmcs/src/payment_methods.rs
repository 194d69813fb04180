//! `GetPaymentMethods`: the gateways of the installation. Which of them a client may use, and in which
//! currency, WHMCS does not tell.
//!
//! Source: <https://developers.whmcs.com/api-reference/getpaymentmethods/>.

use tokio::time::Instant;

use crate::{action::GET_PAYMENT_METHODS, client::Client, error::Error, form::Form, object::Object};

/// A gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentMethod {
    /// Name of its module: the value of every `paymentmethod` field.
    pub module: String,
    /// Name for people.
    pub display_name: String,
}

impl Client {
    /// All active gateways.
    pub async fn payment_methods(&self, deadline: Instant) -> Result<Vec<PaymentMethod>, Error> {
        payment_methods(&self.call(GET_PAYMENT_METHODS, &Form::new(), deadline).await?)
    }
}

pub(crate) fn payment_methods(answer: &Object) -> Result<Vec<PaymentMethod>, Error> {
    answer
        .rows("paymentmethods", "paymentmethod")?
        .into_iter()
        .map(|row| {
            Ok(PaymentMethod {
                module: row.optional_text("module")?.ok_or_else(|| Error::shape("module"))?,
                display_name: row.display("displayname")?,
            })
        })
        .collect()
}
