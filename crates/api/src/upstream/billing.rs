//! The port to billing.

use async_trait::async_trait;
use secrecy::SecretString;
use shared_types::{
    account::{BillingContactView, ServicesSummary},
    billing::{InvoiceDetailView, InvoiceFilter, InvoiceSort, InvoiceView},
    ids::InvoiceId,
    money::CurrencyCode,
};

use tokio::time::Instant;

use super::{Caller, UpstreamError, WriteError};
pub use crate::domain::account::BillingAccount;
use crate::domain::profile::ContactChange;

/// Which part of the list of invoices, in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvoiceQuery {
    /// From 1.
    pub page: u32,
    /// Rows per page.
    pub size: u32,
    /// Only those.
    pub filter: Option<InvoiceFilter>,
    /// Order.
    pub sort: InvoiceSort,
}

/// Part of the list of invoices.
#[derive(Clone, Debug)]
pub struct InvoicePage {
    /// The rows.
    pub rows: Vec<InvoiceView>,
    /// Rows in the whole list, as far as billing counts them.
    pub total: u64,
}

/// A login of the billing system.
#[derive(Clone, Debug)]
pub struct BillingUser {
    /// The login.
    pub user_id: u64,
    /// The customers that the login owns.
    pub owned_clients: Vec<u64>,
}

/// A customer to be made.
#[derive(Clone)]
pub struct NewCustomer {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Company; empty for a private person.
    pub company_name: String,
    /// Address of customer and login.
    pub email: String,
    /// Never used by anyone: customers enter billing through single sign-on.
    pub password: SecretString,
    /// Kept in the customer's admin-only notes, to know it again after a lost answer.
    pub marker: String,
}

/// Where a single sign-on link leads. The list is closed: no path ever comes from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SsoTarget {
    /// An invoice, where it can be paid.
    Invoice(InvoiceId),
    /// Its PDF.
    InvoicePdf(InvoiceId),
}

/// What the portal asks of billing. Whose records are asked for is an argument of each call, never a check afterwards.
#[async_trait]
pub trait Billing: Send + Sync + 'static {
    /// Version of the billing system, such as `8.12.0`.
    async fn version(&self, deadline: Instant) -> Result<String, UpstreamError>;

    /// Name, address and currency of a customer.
    async fn contact(
        &self,
        caller: Caller,
        account: BillingAccount,
    ) -> Result<BillingContactView, UpstreamError>;

    /// A page of a customer's invoices; drafts are not shown.
    async fn invoices(
        &self,
        caller: Caller,
        account: BillingAccount,
        query: InvoiceQuery,
    ) -> Result<InvoicePage, UpstreamError>;

    /// One invoice of a customer. [`super::UpstreamFailure::NotFound`] for one that is absent, a draft, or somebody else's.
    async fn invoice(
        &self,
        caller: Caller,
        account: BillingAccount,
        id: InvoiceId,
        currency: &CurrencyCode,
    ) -> Result<InvoiceDetailView, UpstreamError>;

    /// How many services a customer has, by state.
    async fn service_counts(
        &self,
        caller: Caller,
        account: BillingAccount,
    ) -> Result<ServicesSummary, UpstreamError>;

    /// A link that signs the customer in to billing, once, within a minute.
    async fn sso_link(
        &self,
        caller: Caller,
        account: BillingAccount,
        target: SsoTarget,
    ) -> Result<SecretString, UpstreamError>;

    /// Logins with exactly this address.
    async fn users_by_email(&self, caller: Caller, email: &str) -> Result<Vec<BillingUser>, UpstreamError>;

    /// Whether a customer carries a marker of ours.
    async fn has_marker(&self, caller: Caller, client_id: u64, marker: &str) -> Result<bool, UpstreamError>;

    /// Makes a customer and its login. Not safe to repeat: an address that exists is refused, and a lost answer tells nothing.
    async fn create_customer(
        &self,
        caller: Caller,
        customer: &NewCustomer,
    ) -> Result<BillingAccount, WriteError>;

    /// Changes name and address of a customer. The same change may be sent again.
    async fn update_contact(
        &self,
        caller: Caller,
        account: BillingAccount,
        change: &ContactChange,
    ) -> Result<(), WriteError>;

    /// Sets the name of a login. The same name may be sent again.
    async fn rename_login(
        &self,
        caller: Caller,
        account: BillingAccount,
        first_name: &str,
        last_name: &str,
    ) -> Result<(), WriteError>;
}
