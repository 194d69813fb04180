//! Money and means of payment that belong to a client rather than to an invoice.

use chrono::{NaiveDate, NaiveDateTime};
use serde::Serialize;

use crate::money::Money;

/// A change of a client's credit balance; spending is negative.
#[derive(Debug, Clone, Serialize)]
pub struct Credit {
    pub id: u64,
    pub client_id: u64,
    pub date: NaiveDate,
    pub description: String,
    pub amount: Money,
}

/// What kind of thing a pay method is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum PayMethodType {
    Card { remote: bool, last_four: &'static str, expiry: &'static str, brand: &'static str },
    Bank { remote: bool, bank: &'static str },
}

/// A stored card or bank account.
#[derive(Debug, Clone, Serialize)]
pub struct PayMethod {
    pub id: u64,
    pub client_id: u64,
    pub description: &'static str,
    pub gateway: &'static str,
    pub kind: PayMethodType,
    /// What the gateway knows it by. A secret of the installation.
    #[serde(skip)]
    pub token: &'static str,
    pub updated: NaiveDateTime,
}

/// A line of the activity log.
#[derive(Debug, Clone, Serialize)]
pub struct Activity {
    pub id: u64,
    pub client_id: u64,
    pub at: NaiveDateTime,
    pub text: String,
}
