//! How often something is paid: as WHMCS tells it, and as it can be ordered.

use crate::form::Value;

/// How often a service is paid. WHMCS prints labels in some places (`Semi-Annually`) and keys in others
/// (`semiannually`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum BillingCycle {
    /// Never.
    Free,
    /// Once.
    OneTime,
    /// Every month.
    Monthly,
    /// Every three months.
    Quarterly,
    /// Every six months.
    SemiAnnually,
    /// Every year.
    Annually,
    /// Every two years.
    Biennially,
    /// Every three years.
    Triennially,
    /// A label that this crate does not know.
    Other(String),
}

/// A billing cycle that can be ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrderCycle {
    /// Never paid.
    Free,
    /// Paid once.
    OneTime,
    /// Paid every month.
    Monthly,
    /// Paid every three months.
    Quarterly,
    /// Paid every six months.
    SemiAnnually,
    /// Paid every year.
    Annually,
    /// Paid every two years.
    Biennially,
    /// Paid every three years.
    Triennially,
}

impl BillingCycle {
    /// Labels and keys are the same once only the letters are left.
    pub(crate) fn from_label(label: String) -> Self {
        let letters =
            label.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
        match letters.as_str() {
            "free" | "freeaccount" => Self::Free,
            "onetime" => Self::OneTime,
            "monthly" => Self::Monthly,
            "quarterly" => Self::Quarterly,
            "semiannually" => Self::SemiAnnually,
            "annually" => Self::Annually,
            "biennially" => Self::Biennially,
            "triennially" => Self::Triennially,
            _ => Self::Other(label),
        }
    }

    /// The same cycle as it can be ordered; `None` for a label that this crate does not know.
    #[must_use]
    pub const fn orderable(&self) -> Option<OrderCycle> {
        Some(match self {
            Self::Free => OrderCycle::Free,
            Self::OneTime => OrderCycle::OneTime,
            Self::Monthly => OrderCycle::Monthly,
            Self::Quarterly => OrderCycle::Quarterly,
            Self::SemiAnnually => OrderCycle::SemiAnnually,
            Self::Annually => OrderCycle::Annually,
            Self::Biennially => OrderCycle::Biennially,
            Self::Triennially => OrderCycle::Triennially,
            Self::Other(_) => return None,
        })
    }
}

impl OrderCycle {
    /// The key that `AddOrder` takes. Those of the recurring cycles are the columns of a price list; `free`
    /// and `onetime` follow the products' `paytype`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::OneTime => "onetime",
            Self::Monthly => "monthly",
            Self::Quarterly => "quarterly",
            Self::SemiAnnually => "semiannually",
            Self::Annually => "annually",
            Self::Biennially => "biennially",
            Self::Triennially => "triennially",
        }
    }
}

impl From<OrderCycle> for BillingCycle {
    fn from(cycle: OrderCycle) -> Self {
        match cycle {
            OrderCycle::Free => Self::Free,
            OrderCycle::OneTime => Self::OneTime,
            OrderCycle::Monthly => Self::Monthly,
            OrderCycle::Quarterly => Self::Quarterly,
            OrderCycle::SemiAnnually => Self::SemiAnnually,
            OrderCycle::Annually => Self::Annually,
            OrderCycle::Biennially => Self::Biennially,
            OrderCycle::Triennially => Self::Triennially,
        }
    }
}

impl From<OrderCycle> for Value {
    fn from(cycle: OrderCycle) -> Self {
        cycle.as_str().into()
    }
}

#[cfg(test)]
mod tests {
    use super::{BillingCycle, OrderCycle};

    #[test]
    fn labels_and_keys_name_the_same_cycles() {
        let cycle = |label: &str| BillingCycle::from_label(label.to_owned());
        for label in ["Semi-Annually", "semiannually", "Semi Annually"] {
            assert_eq!(cycle(label), BillingCycle::SemiAnnually, "{label}");
        }
        for label in ["One Time", "One-Time", "onetime"] {
            assert_eq!(cycle(label), BillingCycle::OneTime, "{label}");
        }
        assert_eq!(cycle("Free Account"), BillingCycle::Free);
        assert_eq!(cycle("Fortnightly"), BillingCycle::Other("Fortnightly".into()));
        assert_eq!(cycle("Fortnightly").orderable(), None);
    }

    #[test]
    fn what_can_be_ordered_reads_back() {
        for cycle in [
            OrderCycle::Free,
            OrderCycle::OneTime,
            OrderCycle::Monthly,
            OrderCycle::Quarterly,
            OrderCycle::SemiAnnually,
            OrderCycle::Annually,
            OrderCycle::Biennially,
            OrderCycle::Triennially,
        ] {
            let read = BillingCycle::from_label(cycle.as_str().to_owned());
            assert_eq!(read, BillingCycle::from(cycle));
            assert_eq!(read.orderable(), Some(cycle));
        }
    }
}
