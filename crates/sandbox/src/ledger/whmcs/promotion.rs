//! Promotion codes: when they hold and what they take off.

use chrono::NaiveDate;
use serde::Serialize;

use super::catalog::Billing;
use crate::money::Money;

/// What a promotion does to a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum PromotionType {
    Percentage,
    FixedAmount,
    PriceOverride,
    FreeSetup,
}

impl PromotionType {
    pub fn label(self) -> &'static str {
        match self {
            Self::Percentage => "Percentage",
            Self::FixedAmount => "Fixed Amount",
            Self::PriceOverride => "Price Override",
            Self::FreeSetup => "Free Setup",
        }
    }
}

/// A promotion code.
#[derive(Debug, Clone, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent columns of a table")]
pub struct Promotion {
    pub id: u64,
    pub code: &'static str,
    pub kind: PromotionType,
    /// Whether later payments are reduced too.
    pub recurring: bool,
    /// A percentage or an amount in the default currency.
    pub value: Money,
    /// Labels of the cycles it holds for; empty is all.
    pub cycles: &'static [&'static str],
    /// Product ids; empty is all.
    pub applies_to: &'static [u64],
    pub starts: Option<NaiveDate>,
    pub expires: Option<NaiveDate>,
    /// 0 is no limit.
    pub max_uses: u64,
    pub uses: u64,
    pub new_signups: bool,
    pub existing_client: bool,
    pub once_per_client: bool,
    /// Whether it holds for upgrades.
    pub upgrades: bool,
    pub notes: &'static str,
}

/// What is known of the one who uses a code.
#[derive(Debug, Clone, Copy)]
pub struct Customer {
    pub today: NaiveDate,
    /// Orders so far.
    pub orders: usize,
    /// Whether one of them used the code.
    pub used: bool,
}

impl Promotion {
    /// Whether the code may be used at all.
    pub fn usable(&self, by: Customer) -> bool {
        self.starts.is_none_or(|date| date <= by.today)
            && self.expires.is_none_or(|date| date >= by.today)
            && (self.max_uses == 0 || self.uses < self.max_uses)
            && !(self.new_signups && by.orders > 0)
            && !(self.existing_client && by.orders == 0)
            && !(self.once_per_client && by.used)
    }

    /// Whether it holds for a product paid this way.
    pub fn covers(&self, product: u64, billing: Billing) -> bool {
        (self.applies_to.is_empty() || self.applies_to.contains(&product))
            && (self.cycles.is_empty() || self.cycles.contains(&billing.label()))
    }

    /// What comes off a price and its setup fee.
    pub fn discount(&self, price: Money, setup: Money) -> Money {
        match self.kind {
            PromotionType::Percentage => (price + setup).share(self.value.0, 10_000),
            PromotionType::FixedAmount => self.value.min(price + setup),
            PromotionType::PriceOverride => (price - self.value).max(Money(0)),
            PromotionType::FreeSetup => setup,
        }
    }
}
