//! Orders: records of what was bought. A later change of a service does not show in them.

use chrono::NaiveDateTime;
use serde::Serialize;

use crate::money::Money;

/// The built-in statuses; an installation may add more, the sandbox has one of those too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum OrderStatus {
    Pending,
    Active,
    Fraud,
    Cancelled,
    /// A custom status.
    AwaitingReview,
}

impl OrderStatus {
    pub const ALL: [Self; 5] =
        [Self::Pending, Self::Active, Self::Fraud, Self::Cancelled, Self::AwaitingReview];

    pub fn label(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Active => "Active",
            Self::Fraud => "Fraud",
            Self::Cancelled => "Cancelled",
            Self::AwaitingReview => "Awaiting Review",
        }
    }
}

/// One thing that was bought.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// `product` or `upgrade`.
    pub kind: &'static str,
    /// The service.
    pub relid: u64,
    pub product_kind: &'static str,
    /// Group and product.
    pub product: String,
    pub domain: String,
    pub cycle: &'static str,
    pub amount: Money,
    pub status: &'static str,
}

/// An order of one client.
#[derive(Debug, Clone, Serialize)]
pub struct Order {
    pub id: u64,
    /// What people call it: ten digits.
    pub number: u64,
    pub client_id: u64,
    /// The user who ordered.
    pub requestor_id: u64,
    pub date: NaiveDateTime,
    pub promo_code: &'static str,
    pub promo_type: &'static str,
    pub promo_value: String,
    pub amount: Money,
    pub gateway: &'static str,
    pub invoice_id: Option<u64>,
    pub status: OrderStatus,
    pub ip: String,
    pub lines: Vec<Line>,
}
