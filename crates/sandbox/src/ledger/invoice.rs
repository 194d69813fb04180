//! Invoices, their lines and payments, and the arithmetic WHMCS does on them.

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use crate::money::Money;

/// The statuses of an invoice. `Overdue` is not one of them: it is only a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum InvoiceStatus {
    Draft,
    Unpaid,
    Paid,
    Cancelled,
    Refunded,
    Collections,
    #[serde(rename = "Payment Pending")]
    PaymentPending,
}

impl InvoiceStatus {
    pub const ALL: [Self; 7] = [
        Self::Draft,
        Self::Unpaid,
        Self::Paid,
        Self::Cancelled,
        Self::Refunded,
        Self::Collections,
        Self::PaymentPending,
    ];

    /// The text on the wire.
    pub fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Unpaid => "Unpaid",
            Self::Paid => "Paid",
            Self::Cancelled => "Cancelled",
            Self::Refunded => "Refunded",
            Self::Collections => "Collections",
            Self::PaymentPending => "Payment Pending",
        }
    }

    /// Whether the client can pay such an invoice in the client area.
    pub fn payable(self) -> bool {
        matches!(self, Self::Unpaid | Self::Collections)
    }
}

/// One line of an invoice.
#[derive(Debug, Clone, Serialize)]
pub struct Item {
    pub id: u64,
    pub kind: &'static str,
    pub relid: u64,
    pub description: String,
    pub amount: Money,
    pub taxed: bool,
}

/// Money that came in or went out for an invoice.
#[derive(Debug, Clone, Serialize)]
pub struct Transaction {
    pub id: u64,
    pub gateway: &'static str,
    pub date: NaiveDateTime,
    pub description: &'static str,
    pub amount_in: Money,
    pub amount_out: Money,
    pub fees: Money,
    pub transid: String,
}

/// An invoice of one client.
#[derive(Debug, Clone, Serialize)]
pub struct Invoice {
    pub id: u64,
    pub client_id: u64,
    pub number: String,
    pub date: NaiveDate,
    pub due: NaiveDate,
    pub paid_at: Option<NaiveDateTime>,
    pub refunded_at: Option<NaiveDateTime>,
    pub cancelled_at: Option<NaiveDateTime>,
    pub items: Vec<Item>,
    pub credit: Money,
    /// Tax rate in thousandths of a percent, as WHMCS prints three decimals.
    pub tax_rate: i64,
    pub status: InvoiceStatus,
    pub gateway: &'static str,
    pub notes: String,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
    pub transactions: Vec<Transaction>,
}

impl Invoice {
    pub fn subtotal(&self) -> Money {
        self.items.iter().map(|item| item.amount).sum()
    }

    /// Tax on the taxed lines, rounded half up.
    pub fn tax(&self) -> Money {
        let taxed: Money = self.items.iter().filter(|item| item.taxed).map(|item| item.amount).sum();
        Money(taxed.0.saturating_mul(self.tax_rate).saturating_add(50_000).div_euclid(100_000))
    }

    /// Subtotal and tax, before any credit.
    pub fn gross(&self) -> Money {
        self.subtotal() + self.tax()
    }

    /// What is still to be paid: gross, less credit, less payments, plus refunds.
    pub fn balance(&self) -> Money {
        let paid: Money = self.transactions.iter().map(|t| t.amount_in - t.amount_out).sum();
        self.gross() - self.credit - paid
    }

    /// Whether the `Overdue` filter matches on `today`.
    pub fn overdue(&self, today: NaiveDate) -> bool {
        self.status == InvoiceStatus::Unpaid && self.due < today
    }
}
