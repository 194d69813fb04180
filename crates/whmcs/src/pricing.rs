//! Price lists of products and of their options, as far as they can be ordered.

use crate::{amount::Amount, billing_cycle::OrderCycle, error::Error, object::Object};

/// List prices in one currency: without tax, promotions and discounts of client groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceList {
    /// Code of the currency, such as `USD`.
    pub currency_code: String,
    /// Printed before an amount, blanks included. Option prices do not carry it.
    pub prefix: String,
    /// Printed behind an amount; usually starts with a blank. Option prices do not carry it.
    pub suffix: String,
    /// The cycles that are offered, the shortest first. WHMCS marks one that is not by a price of `-1.00`; a
    /// price of `0.00` is free of charge in that cycle.
    pub prices: Vec<CyclePrice>,
}

/// What one cycle costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CyclePrice {
    /// The cycle.
    pub cycle: OrderCycle,
    /// Price of each period.
    pub price: Amount,
    /// Paid once on top, with the first period.
    pub setup_fee: Amount,
}

/// How a product is paid for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PayType {
    /// Not at all.
    Free,
    /// Once.
    OneTime,
    /// Every period.
    Recurring,
    /// A word that this crate does not know; such a product has no prices here.
    Other(String),
}

impl PriceList {
    /// The price in a cycle, if it is offered.
    #[must_use]
    pub fn price(&self, cycle: OrderCycle) -> Option<&CyclePrice> {
        self.prices.iter().find(|price| price.cycle == cycle)
    }
}

impl PayType {
    pub(crate) fn from_word(word: String) -> Self {
        match word.as_str() {
            "free" => Self::Free,
            "onetime" => Self::OneTime,
            "recurring" => Self::Recurring,
            _ => Self::Other(word),
        }
    }
}

/// Columns of the price table with those of their setup fees, which match by the first letter.
const COLUMNS: [(OrderCycle, &str, &str); 6] = [
    (OrderCycle::Monthly, "monthly", "msetupfee"),
    (OrderCycle::Quarterly, "quarterly", "qsetupfee"),
    (OrderCycle::SemiAnnually, "semiannually", "ssetupfee"),
    (OrderCycle::Annually, "annually", "asetupfee"),
    (OrderCycle::Biennially, "biennially", "bsetupfee"),
    (OrderCycle::Triennially, "triennially", "tsetupfee"),
];

/// The price lists of a row. The table has the same six columns whatever the product: what they mean follows
/// from how it is paid for.
pub(crate) fn price_lists(row: &Object, pay_type: &PayType) -> Result<Vec<PriceList>, Error> {
    row.entries("pricing")?
        .into_iter()
        .map(|(code, columns)| {
            Ok(PriceList {
                currency_code: code.to_owned(),
                prefix: columns.display("prefix")?,
                suffix: columns.display("suffix")?,
                prices: prices(columns, pay_type)?,
            })
        })
        .collect()
}

fn prices(columns: &Object, pay_type: &PayType) -> Result<Vec<CyclePrice>, Error> {
    let offered = match pay_type {
        // Its columns hold zeros, which would read as six free cycles.
        PayType::Free => {
            let (price, setup_fee) = (Amount::zero(), Amount::zero());
            return Ok(vec![CyclePrice { cycle: OrderCycle::Free, price, setup_fee }]);
        }
        // The single price is kept in the first column.
        PayType::OneTime => vec![(OrderCycle::OneTime, "monthly", "msetupfee")],
        PayType::Recurring => COLUMNS.to_vec(),
        PayType::Other(_) => Vec::new(),
    };
    let mut prices = Vec::new();
    for (cycle, price, setup_fee) in offered {
        if let Some(price) = columns.optional_amount(price)?.filter(|price| !price.is_negative()) {
            let setup_fee = columns.optional_amount(setup_fee)?.filter(|fee| !fee.is_negative());
            prices.push(CyclePrice { cycle, price, setup_fee: setup_fee.unwrap_or_else(Amount::zero) });
        }
    }
    Ok(prices)
}
