//! The port to support.

use async_trait::async_trait;

use super::{Caller, UpstreamError, WriteError};

/// A customer as support should know it.
#[derive(Clone)]
pub struct CrmCustomer {
    /// Number of the customer in billing.
    pub client_id: u64,
    /// Number of the login in billing.
    pub user_id: u64,
    /// Company, or the person's name.
    pub account_name: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Address.
    pub email: String,
    /// Telephone number, empty for none; `None` leaves what support has.
    pub phone: Option<String>,
}

/// The records that support keeps of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrmIds {
    /// The account, by its 18-character id.
    pub account: String,
    /// The contact, by its 18-character id.
    pub contact: String,
}

/// What the portal asks of support.
#[async_trait]
pub trait Crm: Send + Sync + 'static {
    /// Makes or refreshes account and contact, found again by the numbers of billing. Safe to repeat.
    async fn upsert_customer(&self, caller: Caller, customer: &CrmCustomer) -> Result<CrmIds, WriteError>;

    /// Cases of an account that are not closed.
    async fn open_cases(&self, caller: Caller, account: &str) -> Result<u64, UpstreamError>;
}
