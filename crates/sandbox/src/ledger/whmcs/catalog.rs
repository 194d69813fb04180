//! What is for sale: groups, products with prices per currency and cycle, configurable options, gateways.

use std::borrow::Cow;

use chrono::{Months, NaiveDate};
use serde::Serialize;

use super::promotion::Promotion;
use crate::money::Money;

/// The price of a cycle that is not offered.
pub const NOT_OFFERED: Money = Money(-100);

/// Name of the product field in which a portal leaves the key of its own order.
pub const REFERENCE_FIELD: &str = "Portal marker";

/// A billing cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Cycle {
    Monthly,
    Quarterly,
    SemiAnnually,
    Annually,
    Biennially,
    Triennially,
}

impl Cycle {
    pub const ALL: [Self; 6] = [
        Self::Monthly,
        Self::Quarterly,
        Self::SemiAnnually,
        Self::Annually,
        Self::Biennially,
        Self::Triennially,
    ];

    /// The key in prices and requests.
    pub fn key(self) -> &'static str {
        match self {
            Self::Monthly => "monthly",
            Self::Quarterly => "quarterly",
            Self::SemiAnnually => "semiannually",
            Self::Annually => "annually",
            Self::Biennially => "biennially",
            Self::Triennially => "triennially",
        }
    }

    /// The key of its setup fee: its first letter in front.
    pub fn setup_key(self) -> &'static str {
        match self {
            Self::Monthly => "msetupfee",
            Self::Quarterly => "qsetupfee",
            Self::SemiAnnually => "ssetupfee",
            Self::Annually => "asetupfee",
            Self::Biennially => "bsetupfee",
            Self::Triennially => "tsetupfee",
        }
    }

    /// The text in answers about services and orders.
    pub fn label(self) -> &'static str {
        match self {
            Self::Monthly => "Monthly",
            Self::Quarterly => "Quarterly",
            Self::SemiAnnually => "Semi-Annually",
            Self::Annually => "Annually",
            Self::Biennially => "Biennially",
            Self::Triennially => "Triennially",
        }
    }

    pub fn months(self) -> u32 {
        match self {
            Self::Monthly => 1,
            Self::Quarterly => 3,
            Self::SemiAnnually => 6,
            Self::Annually => 12,
            Self::Biennially => 24,
            Self::Triennially => 36,
        }
    }

    /// One period after `date`.
    pub fn after(self, date: NaiveDate) -> NaiveDate {
        date.checked_add_months(Months::new(self.months())).unwrap_or(date)
    }

    /// One period before `date`.
    pub fn before(self, date: NaiveDate) -> NaiveDate {
        date.checked_sub_months(Months::new(self.months())).unwrap_or(date)
    }

    /// The cycle of that name in any spelling: `semiannually`, `Semi-Annually`.
    pub fn named(text: &str) -> Option<Self> {
        let plain = letters(text);
        Self::ALL.into_iter().find(|cycle| cycle.key() == plain)
    }
}

/// A cycle's name without case, hyphens and spaces.
pub fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect()
}

/// How a product is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum PayType {
    Free,
    OneTime,
    Recurring,
}

impl PayType {
    pub fn key(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::OneTime => "onetime",
            Self::Recurring => "recurring",
        }
    }
}

/// How a service is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Billing {
    Free,
    OneTime,
    Every(Cycle),
}

impl Billing {
    /// The label of `GetClientsProducts`.
    pub fn label(self) -> &'static str {
        match self {
            Self::Free => "Free Account",
            Self::OneTime => "One Time",
            Self::Every(cycle) => cycle.label(),
        }
    }

    /// The label of `GetOrders`, which writes one-time with a hyphen.
    pub fn order_label(self) -> &'static str {
        if self == Self::OneTime { "One-Time" } else { self.label() }
    }

    /// What a service's label stands for.
    pub fn of(label: &str) -> Self {
        match letters(label).as_str() {
            "free" | "freeaccount" => Self::Free,
            "onetime" => Self::OneTime,
            _ => Cycle::named(label).map_or(Self::OneTime, Self::Every),
        }
    }

    /// The column of the price table: one-time prices sit in the monthly one.
    pub fn column(self) -> Cycle {
        match self {
            Self::Free | Self::OneTime => Cycle::Monthly,
            Self::Every(cycle) => cycle,
        }
    }
}

/// The prices of one thing in one currency, in the order of [`Cycle::ALL`].
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Prices {
    pub currency: u64,
    pub setup: [Money; 6],
    pub price: [Money; 6],
}

impl Prices {
    fn pick(column: [Money; 6], cycle: Cycle) -> Money {
        Cycle::ALL.into_iter().zip(column).find(|(known, _)| *known == cycle).map_or(NOT_OFFERED, |(_, m)| m)
    }

    pub fn of(&self, cycle: Cycle) -> Money {
        Self::pick(self.price, cycle)
    }

    pub fn setup_of(&self, cycle: Cycle) -> Money {
        Self::pick(self.setup, cycle)
    }
}

/// A text of the demo, or one of a scenario.
pub type Text = Cow<'static, str>;

/// A product group. No action lists them; only their ids are given.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    pub id: u64,
    pub name: Text,
    pub slug: Text,
}

/// A field that the order form asks for.
#[derive(Debug, Clone, Serialize)]
pub struct CustomField {
    pub id: u64,
    pub name: &'static str,
    pub description: &'static str,
    pub required: bool,
}

/// How a configurable option is chosen; printed as a digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum OptionKind {
    Dropdown,
    YesNo,
    Quantity,
}

impl OptionKind {
    pub fn digit(self) -> &'static str {
        match self {
            Self::Dropdown => "1",
            Self::YesNo => "3",
            Self::Quantity => "4",
        }
    }

    /// The word `GetClientsProducts` has for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dropdown => "dropdown",
            Self::YesNo => "yesno",
            Self::Quantity => "quantity",
        }
    }
}

/// One of the things a configurable option offers.
#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    pub id: u64,
    pub name: &'static str,
    pub pricing: Vec<Prices>,
}

/// A configurable option of a product.
#[derive(Debug, Clone, Serialize)]
pub struct ConfigOption {
    pub id: u64,
    pub name: &'static str,
    pub kind: OptionKind,
    pub min: u64,
    pub max: u64,
    pub choices: Vec<Choice>,
}

/// A product. Names are stored encoded; a description is HTML.
#[derive(Debug, Clone, Serialize)]
pub struct Product {
    pub id: u64,
    pub group: u64,
    pub kind: &'static str,
    pub name: Text,
    pub slug: Text,
    pub description: Text,
    pub module: Text,
    pub pay_type: PayType,
    pub allow_quantity: u64,
    pub quantity_available: u64,
    /// Not shown in the shop; `GetProducts` gives it all the same, without a flag.
    pub hidden: bool,
    /// No longer sold; as with `hidden`.
    pub retired: bool,
    pub pricing: Vec<Prices>,
    pub custom_fields: Vec<CustomField>,
    pub options: Vec<ConfigOption>,
}

/// The prices in `currency` of a list.
pub fn prices_in(pricing: &[Prices], currency: u64) -> Option<&Prices> {
    pricing.iter().find(|prices| prices.currency == currency)
}

impl Product {
    pub fn prices(&self, currency: u64) -> Option<&Prices> {
        prices_in(&self.pricing, currency)
    }

    /// The shortest cycle that is offered.
    pub fn first_offered(&self, currency: u64) -> Option<Cycle> {
        let prices = self.prices(currency)?;
        Cycle::ALL.into_iter().find(|cycle| prices.of(*cycle) >= Money(0))
    }

    /// The word of `GetOrders` for the product's type.
    pub fn kind_label(&self) -> &'static str {
        match self.kind {
            "hostingaccount" => "Hosting Account",
            "reselleraccount" => "Reseller Account",
            "server" => "Dedicated/VPS Server",
            _ => "Other Product/Service",
        }
    }
}

/// A gateway.
#[derive(Debug, Clone, Serialize)]
pub struct Gateway {
    pub module: &'static str,
    pub name: &'static str,
}

/// Everything that is for sale and how it can be paid.
#[derive(Debug, Default, Serialize)]
pub struct Catalog {
    pub groups: Vec<Group>,
    pub products: Vec<Product>,
    pub gateways: Vec<Gateway>,
    pub promotions: Vec<Promotion>,
}

impl Catalog {
    pub fn product(&self, id: u64) -> Option<&Product> {
        self.products.iter().find(|product| product.id == id)
    }

    pub fn group_name(&self, id: u64) -> &str {
        self.groups.iter().find(|group| group.id == id).map_or("", |group| &group.name)
    }

    /// The gateway of that module name.
    pub fn gateway(&self, module: &str) -> Option<&'static str> {
        self.gateways.iter().find(|gateway| gateway.module == module).map(|gateway| gateway.module)
    }

    /// What people call a gateway.
    pub fn gateway_name(&self, module: &str) -> &'static str {
        self.gateways.iter().find(|gateway| gateway.module == module).map_or("", |gateway| gateway.name)
    }

    /// The text that lists what may be sent as `paymentmethod`.
    pub fn gateway_names(&self) -> String {
        self.gateways.iter().map(|gateway| gateway.module).collect::<Vec<_>>().join(",")
    }
}
