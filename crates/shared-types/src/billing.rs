//! Invoices and the way to pay them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{ids::InvoiceId, money::Money, validate::Validate, wire::Wire};

/// Where an invoice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InvoiceStatus {
    /// Waits for money.
    Unpaid,
    /// Paid in full.
    Paid,
    /// Withdrawn.
    Cancelled,
    /// Money was given back.
    Refunded,
    /// Handed over to collection.
    Collections,
    /// A payment is under way.
    PaymentPending,
    /// A state that this version does not know; `status_label` has its name.
    Other,
}

/// Which invoices a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InvoiceFilter {
    /// Waits for money, overdue or not.
    Unpaid,
    /// Waits for money since before today.
    Overdue,
    /// Paid in full.
    Paid,
    /// Withdrawn.
    Cancelled,
    /// Money was given back.
    Refunded,
    /// Handed over to collection.
    Collections,
    /// A payment is under way.
    PaymentPending,
}

impl InvoiceFilter {
    /// Every filter, in the order of menus.
    pub const ALL: &'static [Self] = &[
        Self::Unpaid,
        Self::Overdue,
        Self::Paid,
        Self::PaymentPending,
        Self::Refunded,
        Self::Cancelled,
        Self::Collections,
    ];

    /// The value in a query.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unpaid => "unpaid",
            Self::Overdue => "overdue",
            Self::Paid => "paid",
            Self::Cancelled => "cancelled",
            Self::Refunded => "refunded",
            Self::Collections => "collections",
            Self::PaymentPending => "payment_pending",
        }
    }
}

/// Order of a list of invoices; a leading `-` is descending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum InvoiceSort {
    /// Newest first.
    #[default]
    #[serde(rename = "-issued_on")]
    NewestFirst,
    /// Oldest first.
    #[serde(rename = "issued_on")]
    OldestFirst,
    /// Due soonest first.
    #[serde(rename = "due_on")]
    DueFirst,
    /// Due latest first.
    #[serde(rename = "-due_on")]
    DueLast,
    /// Smallest total first.
    #[serde(rename = "total")]
    SmallestFirst,
    /// Largest total first.
    #[serde(rename = "-total")]
    LargestFirst,
    /// By number.
    #[serde(rename = "number")]
    Number,
    /// By number, highest first.
    #[serde(rename = "-number")]
    NumberDescending,
}

impl InvoiceSort {
    /// Every order.
    pub const ALL: &'static [Self] = &[
        Self::NewestFirst,
        Self::OldestFirst,
        Self::DueFirst,
        Self::DueLast,
        Self::SmallestFirst,
        Self::LargestFirst,
        Self::Number,
        Self::NumberDescending,
    ];

    /// The value in a query.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NewestFirst => "-issued_on",
            Self::OldestFirst => "issued_on",
            Self::DueFirst => "due_on",
            Self::DueLast => "-due_on",
            Self::SmallestFirst => "total",
            Self::LargestFirst => "-total",
            Self::Number => "number",
            Self::NumberDescending => "-number",
        }
    }
}

/// One row of the list of invoices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvoiceView {
    /// The invoice.
    pub id: InvoiceId,
    /// Printed number; the id where WHMCS gives none.
    pub number: String,
    /// Where it stands.
    pub status: InvoiceStatus,
    /// The billing system's own word for the status.
    pub status_label: String,
    /// Unpaid and due before today.
    pub overdue: bool,
    /// Day of issue.
    pub issued_on: Option<NaiveDate>,
    /// Day on which it falls due.
    pub due_on: Option<NaiveDate>,
    /// Day on which it was paid.
    pub paid_on: Option<NaiveDate>,
    /// What it comes to, taxes included.
    pub total: Money,
}

/// One invoice in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvoiceDetailView {
    /// What the list shows too.
    #[serde(flatten)]
    pub invoice: InvoiceView,
    /// Sum of the lines before tax.
    pub subtotal: Money,
    /// Taxes, none where the customer pays none.
    pub taxes: Vec<TaxView>,
    /// Credit that was used for it.
    pub credit: Money,
    /// What is still open.
    pub balance: Money,
    /// What is charged.
    pub lines: Vec<InvoiceLineView>,
    /// Payments and refunds.
    pub transactions: Vec<TransactionView>,
    /// Something is open and can be paid online.
    pub payable: bool,
}

/// One tax on an invoice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaxView {
    /// Per cent, as the billing system writes it.
    #[cfg_attr(feature = "openapi", schema(example = "19.000"))]
    pub rate: String,
    /// What it comes to.
    pub amount: Money,
}

/// One line of an invoice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvoiceLineView {
    /// The line.
    pub id: u64,
    /// Plain text; lines are separated by `\n`.
    pub description: String,
    /// What it comes to, before tax.
    pub amount: Money,
    /// Whether tax is charged on it.
    pub taxed: bool,
}

/// Money that moved for an invoice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TransactionView {
    /// The transaction.
    pub id: u64,
    /// Day on which it was booked.
    pub booked_on: Option<NaiveDate>,
    /// Way of payment.
    pub gateway: String,
    /// Reference of the payment provider; may be empty.
    pub reference: String,
    /// Paid by the customer; nothing for a refund.
    pub amount_in: Money,
    /// Given back to the customer; nothing for a payment.
    pub amount_out: Money,
}

/// What the customer wants to do on the billing system's own page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SsoPurpose {
    /// Pay what is open.
    Pay,
    /// Look at it.
    View,
    /// Fetch the PDF.
    Pdf,
}

/// Asks for a link into the billing system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Wire, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SsoLinkRequest {
    /// What for.
    pub purpose: SsoPurpose,
}

/// A link that signs the customer in to the billing system, once, within a minute. Follow it at once and never keep it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SsoLinkView {
    /// Where to go.
    pub url: String,
    /// Dead after that.
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for SsoLinkView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SsoLinkView")
            .field("url", &"[redacted]")
            .field("expires_at", &self.expires_at)
            .finish()
    }
}
