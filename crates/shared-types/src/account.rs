//! Whose account it is, and the first thing a customer asks: do I owe anything, does everything run, does anyone wait for me?

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{InvoiceId, UserId},
    money::Money,
    page::Section,
    validate::{self, Validate},
    wire::Wire,
};

/// What a person may do for an account. Owners may do everything; what others may, WHMCS says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See and change the billing details.
    Profile,
    /// See and pay invoices.
    Invoices,
    /// See services.
    Services,
    /// Cancel and change services.
    ManageServices,
    /// Order.
    Orders,
    /// See and open support cases.
    Support,
}

impl Permission {
    /// All of them: what an owner may do.
    pub const ALL: &'static [Self] =
        &[Self::Profile, Self::Invoices, Self::Services, Self::ManageServices, Self::Orders, Self::Support];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Invoices => "invoices",
            Self::Services => "services",
            Self::ManageServices => "manage_services",
            Self::Orders => "orders",
            Self::Support => "support",
        }
    }
}

/// The account that a session acts for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CurrentAccountView {
    /// Number of the client in WHMCS.
    pub client_id: u64,
    /// Company, or the owner's name.
    pub name: String,
    /// It is the person's own.
    pub owner: bool,
    /// What the person may do for it.
    pub permissions: Vec<Permission>,
}

/// An account that the person may act for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountChoiceView {
    /// The account.
    #[serde(flatten)]
    pub account: CurrentAccountView,
    /// The session acts for it now.
    pub current: bool,
}

/// Acts for another account from now on.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Wire, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SwitchAccountRequest {
    /// Number of the client in WHMCS.
    pub client_id: u64,
}

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

/// Changes the person's name. A member that is absent stays as it is.
#[derive(Clone, Default, Serialize, Deserialize, Wire, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct UpdateMeRequest {
    /// Given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = "validate::name"))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub first_name: Option<String>,
    /// Family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = "validate::name"))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub last_name: Option<String>,
}

/// Changes the billing details. A member that is absent stays as it is; an empty text clears what may be empty.
#[derive(Clone, Default, Serialize, Deserialize, Wire, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct UpdateBillingRequest {
    /// Given name on invoices.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = "validate::name"))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub first_name: Option<String>,
    /// Family name on invoices.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = "validate::name"))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub last_name: Option<String>,
    /// Company; empty for a private person.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = "validate::optional_name"))]
    #[cfg_attr(feature = "openapi", schema(max_length = 100))]
    pub company_name: Option<String>,
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = "validate::name"))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub address1: Option<String>,
    /// More of the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = "validate::optional_name"))]
    #[cfg_attr(feature = "openapi", schema(max_length = 100))]
    pub address2: Option<String>,
    /// Town.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = "validate::name"))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub city: Option<String>,
    /// State or region: one of the list where the country has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = "validate::optional_name"))]
    #[cfg_attr(feature = "openapi", schema(max_length = 100))]
    pub state: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = "validate::postcode"))]
    #[cfg_attr(feature = "openapi", schema(max_length = 20))]
    pub postcode: Option<String>,
    /// ISO 3166-1 alpha-2 code of the country.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = "validate::country"))]
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Z]{2}$", example = "GB"))]
    pub country: Option<String>,
    /// Telephone number, with the country's code after a plus sign where it is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = "validate::phone"))]
    #[cfg_attr(feature = "openapi", schema(max_length = 30, example = "+44 20 7946 0000"))]
    pub phone: Option<String>,
    /// VAT or tax number; empty for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = "validate::tax_id"))]
    #[cfg_attr(feature = "openapi", schema(max_length = 40))]
    pub tax_id: Option<String>,
}

/// Whether a change has reached one of the systems behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    /// It is there.
    Saved,
    /// It is on its way: the portal goes on trying by itself.
    Pending,
    /// The system refused it, and trying again will not help.
    Refused,
}

/// What became of a change, as each system has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavedView<T> {
    /// As it stands now.
    pub value: T,
    /// Billing.
    pub billing: SyncState,
    /// Support.
    pub support: SyncState,
}

crate::auth::redacted_debug!(UpdateMeRequest, UpdateBillingRequest);
