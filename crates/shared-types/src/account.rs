//! Whose account it is, and the first thing a customer asks: do I owe anything, does everything run, does anyone wait for me?

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{InvoiceId, UserId},
    money::Money,
    page::Section,
    wire::Wire,
};

/// How far the account is connected to billing and support.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// The billing account is being made.
    SettingUp,
    /// Billing works; support is being connected.
    BillingReady,
    /// Everything is connected.
    Ready,
    /// Billing knows this address already; the customer has to prove that the account is theirs.
    NeedsLink,
    /// Setting up did not work; support has to look at it.
    Failed,
}

impl AccountState {
    /// Whether there is a billing account to ask.
    #[must_use]
    pub const fn has_billing(self) -> bool {
        matches!(self, Self::BillingReady | Self::Ready)
    }
}

/// The signed-in person and what billing has on file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MeView {
    /// The user.
    pub id: UserId,
    /// Login name.
    pub email: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// How far the account is connected.
    pub account_state: AccountState,
    /// Since when the user has a login here.
    pub created_at: DateTime<Utc>,
    /// What billing has on file.
    pub billing: Section<BillingContactView>,
}

/// Name and address on invoices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BillingContactView {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Company; empty for a private person.
    pub company_name: String,
    /// Where invoices are mailed.
    pub email: String,
    /// Street and number.
    pub address1: String,
    /// More of the address.
    pub address2: String,
    /// Town.
    pub city: String,
    /// State or region.
    pub state: String,
    /// Postal code.
    pub postcode: String,
    /// ISO 3166 code of the country.
    pub country: String,
    /// Telephone number.
    pub phone: String,
    /// VAT or tax number.
    pub tax_id: String,
    /// Code of the currency in which the customer is billed.
    pub currency: String,
}

/// The dashboard. Each part stands alone: one system being down leaves the others readable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SummaryView {
    /// How far the account is connected.
    pub account_state: AccountState,
    /// Do I owe anything?
    pub billing: Section<BillingSummary>,
    /// Does everything run?
    pub services: Section<ServicesSummary>,
    /// Does anyone wait for me?
    pub support: Section<SupportSummary>,
}

/// What is owed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BillingSummary {
    /// The unpaid invoice that falls due next and is not overdue.
    pub next_due: Option<DueInvoice>,
    /// What is overdue, one amount per currency.
    pub overdue: Vec<Money>,
    /// Number of overdue invoices.
    pub overdue_count: u64,
    /// The longest overdue invoice.
    pub oldest_overdue: Option<DueInvoice>,
    /// Number of unpaid invoices, overdue ones included.
    pub unpaid_count: u64,
    /// `overdue` is the sum of what is still open. If false there were too many invoices to read each, and payments in part are
    /// not taken off.
    pub exact: bool,
}

/// One invoice that waits for money.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DueInvoice {
    /// The invoice.
    pub id: InvoiceId,
    /// Printed number.
    pub number: String,
    /// Day on which it falls due.
    pub due_on: Option<NaiveDate>,
    /// What is still open.
    pub balance: Money,
}

/// What runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServicesSummary {
    /// Services that run.
    pub active: u64,
    /// Services that are suspended, as a rule for an unpaid invoice.
    pub suspended: u64,
    /// Services ordered and not yet set up.
    pub pending: u64,
    /// All services, ended ones included.
    pub total: u64,
}

/// What support is working on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SupportSummary {
    /// Cases that are not closed.
    pub open_cases: u64,
}
