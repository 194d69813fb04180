//! `GetPayMethods` (WHMCS 7.8 and up): the cards and bank accounts that a client has stored, as far as the
//! customer may see them. The rows of WHMCS hold the gateways' tokens; the types here have no place for them.
//!
//! Source: <https://developers.whmcs.com/api-reference/getpaymethods/>.

use std::fmt;

use tokio::time::Instant;

use crate::{
    action::GET_PAY_METHODS, client::Client, error::Error, form::Form, ids::ClientId, object::Object,
};

/// A stored card or bank account. WHMCS does not say which one is the default. `Debug` shows number and kind
/// only.
#[derive(Clone, PartialEq, Eq)]
pub struct PayMethod {
    /// Its number.
    pub id: u64,
    /// What it is.
    pub kind: PayMethodKind,
    /// What it is called.
    pub description: String,
    /// Module name of the gateway that holds it; none where WHMCS holds it.
    pub gateway: Option<String>,
    /// The last four digits of a card.
    pub last_four: Option<String>,
    /// Brand of a card, such as `Visa`.
    pub card_type: Option<String>,
    /// Until when a card is valid; `None` where that is not told as month and year.
    pub expiry: Option<CardExpiry>,
    /// The bank of an account.
    pub bank_name: Option<String>,
}

/// Month and year until whose end a card is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CardExpiry {
    /// The year, in four digits.
    pub year: u16,
    /// The month, 1 to 12.
    pub month: u8,
}

/// What a stored payment method is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PayMethodKind {
    /// A card that WHMCS holds.
    CreditCard,
    /// A card that a gateway holds.
    RemoteCreditCard,
    /// A bank account that WHMCS holds.
    BankAccount,
    /// A bank account that a gateway holds.
    RemoteBankAccount,
    /// A word that this crate does not know.
    Other(String),
}

impl Client {
    /// A client's stored cards and bank accounts. There are no pages.
    pub async fn pay_methods(&self, client_id: ClientId, deadline: Instant) -> Result<Vec<PayMethod>, Error> {
        let params = Form::new().with("clientid", client_id);
        let answer = self.call(GET_PAY_METHODS, &params, deadline).await?;
        // The rows do not say whose they are; the answer does.
        match answer.optional_id::<ClientId>("clientid")? {
            Some(other) if other != client_id => Err(Error::shape("clientid")),
            _ => pay_methods(&answer),
        }
    }
}

pub(crate) fn pay_methods(answer: &Object) -> Result<Vec<PayMethod>, Error> {
    answer.rows("paymethods", "paymethod")?.into_iter().map(pay_method).collect()
}

fn pay_method(row: &Object) -> Result<PayMethod, Error> {
    Ok(PayMethod {
        id: row.id("id")?,
        kind: kind(row.text("type")?),
        description: row.display("description")?,
        gateway: row.optional_text("gateway_name")?,
        last_four: last_four(&row.text("card_last_four")?),
        card_type: row.optional_display("card_type")?,
        expiry: expiry(row.text("expiry_date")?.trim()),
        bank_name: row.optional_display("bank_name")?,
    })
}

fn kind(word: String) -> PayMethodKind {
    match word.as_str() {
        "CreditCard" => PayMethodKind::CreditCard,
        "RemoteCreditCard" => PayMethodKind::RemoteCreditCard,
        "BankAccount" => PayMethodKind::BankAccount,
        "RemoteBankAccount" => PayMethodKind::RemoteBankAccount,
        _ => PayMethodKind::Other(word),
    }
}

/// Four digits, whatever the gateway put in front of them. As a number they may have lost their zeros.
fn last_four(text: &str) -> Option<String> {
    let digits = text.chars().filter(char::is_ascii_digit).collect::<Vec<_>>();
    let start = digits.len().saturating_sub(4);
    let last = digits.into_iter().skip(start).collect::<String>();
    (!last.is_empty()).then(|| format!("{last:0>4}"))
}

/// `02/25` or `02/2025`.
fn expiry(text: &str) -> Option<CardExpiry> {
    let (month, year) = text.split_once('/')?;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if month.len() > 2 || !digits(month) || !digits(year) {
        return None;
    }
    let century = match year.len() {
        2 => 2000,
        4 => 0,
        _ => return None,
    };
    let month = month.parse().ok().filter(|month| (1..=12).contains(month))?;
    Some(CardExpiry { year: year.parse::<u16>().ok()?.checked_add(century)?, month })
}

impl fmt::Debug for PayMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PayMethod").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{CardExpiry, expiry, last_four};

    #[test]
    fn no_more_than_four_digits_leave() {
        for (sent, kept) in [
            ("4242", Some("4242")),
            ("4111111111111234", Some("1234")),
            ("**** **** **** 0042", Some("0042")),
            ("42", Some("0042")),
            ("", None),
            ("xxxx", None),
        ] {
            assert_eq!(last_four(sent).as_deref(), kept, "{sent}");
        }
    }

    #[test]
    fn expiry_is_month_and_year() {
        assert_eq!(expiry("02/25"), Some(CardExpiry { year: 2025, month: 2 }));
        assert_eq!(expiry("12/2031"), Some(CardExpiry { year: 2031, month: 12 }));
        for text in ["", "0000-00-00", "13/25", "00/25", "2/2/25", "02/5", "/25", "02/", "0x/25", "017/05"] {
            assert_eq!(expiry(text), None, "{text}");
        }
    }
}
