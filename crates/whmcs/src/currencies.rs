//! `GetCurrencies`: the currencies set up in the installation.
//!
//! Source: <https://developers.whmcs.com/api-reference/getcurrencies/>.

use tokio::time::Instant;

use crate::{
    action::GET_CURRENCIES, amount::Amount, client::Client, error::Error, form::Form, ids::CurrencyId,
    object::Object,
};

/// A currency. WHMCS does not say which one is the default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Currency {
    /// The currency's number in this installation.
    pub id: CurrencyId,
    /// Its code, such as `USD`.
    pub code: String,
    /// Printed before an amount, blanks included.
    pub prefix: String,
    /// Printed behind an amount; usually starts with a blank.
    pub suffix: String,
    /// Number of the display format, 1 to 4.
    pub format: Option<u64>,
    /// Rate against the default currency.
    pub rate: Amount,
}

impl Client {
    /// All currencies.
    pub async fn currencies(&self, deadline: Instant) -> Result<Vec<Currency>, Error> {
        currencies(&self.call(GET_CURRENCIES, &Form::new(), deadline).await?)
    }
}

pub(crate) fn currencies(answer: &Object) -> Result<Vec<Currency>, Error> {
    answer.rows("currencies", "currency")?.into_iter().map(currency).collect()
}

fn currency(row: &Object) -> Result<Currency, Error> {
    Ok(Currency {
        id: row.id("id")?,
        code: row.optional_text("code")?.ok_or_else(|| Error::shape("code"))?,
        prefix: row.display("prefix")?,
        suffix: row.display("suffix")?,
        format: row.number("format")?,
        rate: row.amount("rate")?,
    })
}
