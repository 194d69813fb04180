//! Services, and what clients ask for them: cancellations and upgrades.

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use super::catalog::Billing;
use crate::money::Money;

/// A choice made for a configurable option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ServiceOption {
    pub option_id: u64,
    pub choice_id: u64,
    /// For quantities; 1 otherwise.
    pub quantity: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServiceStatus {
    Pending,
    Active,
    Completed,
    Suspended,
    Terminated,
    Cancelled,
    Fraud,
}

impl ServiceStatus {
    pub const ALL: [Self; 7] = [
        Self::Active,
        Self::Pending,
        Self::Completed,
        Self::Suspended,
        Self::Terminated,
        Self::Cancelled,
        Self::Fraud,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Active => "Active",
            Self::Completed => "Completed",
            Self::Suspended => "Suspended",
            Self::Terminated => "Terminated",
            Self::Cancelled => "Cancelled",
            Self::Fraud => "Fraud",
        }
    }
}

/// A product or service that a client has.
#[derive(Debug, Clone, Serialize)]
pub struct Service {
    pub id: u64,
    pub client_id: u64,
    pub order_id: u64,
    /// Some rows of the official sample have no order number; neither do some of ours.
    pub order_number: Option<String>,
    pub pid: u64,
    pub registered: NaiveDate,
    pub name: String,
    pub group: String,
    pub domain: String,
    pub first_payment: Money,
    pub recurring: Money,
    /// The label, `Monthly`.
    pub cycle: String,
    pub quantity: u64,
    pub gateway: &'static str,
    pub promotion_id: u64,
    /// `None` for one-time and free services, printed `0000-00-00`.
    pub next_due: Option<NaiveDate>,
    pub status: ServiceStatus,
    pub suspension_reason: &'static str,
    /// Custom field id and value.
    pub custom_fields: Vec<(u64, String)>,
    pub options: Vec<ServiceOption>,
    /// The service's password is not UTF-8, which no JSON answer survives.
    pub malformed: bool,
}

/// When a cancellation takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum CancelType {
    Immediate,
    EndOfBillingPeriod,
}

impl CancelType {
    pub fn label(self) -> &'static str {
        match self {
            Self::Immediate => "Immediate",
            Self::EndOfBillingPeriod => "End of Billing Period",
        }
    }
}

/// A client's wish to end a service.
#[derive(Debug, Clone, Serialize)]
pub struct CancelRequest {
    pub id: u64,
    pub service_id: u64,
    pub at: NaiveDateTime,
    pub reason: String,
    pub kind: CancelType,
}

/// What an upgrade changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Change {
    Product { pid: u64, billing: Billing, recurring: Money },
    Options { options: Vec<ServiceOption>, recurring: Money },
}

/// A change of a service that waits for its invoice.
#[derive(Debug, Clone, Serialize)]
pub struct Upgrade {
    pub id: u64,
    pub order_id: u64,
    pub service_id: u64,
    pub invoice_id: Option<u64>,
    pub change: Change,
    pub done: bool,
}
