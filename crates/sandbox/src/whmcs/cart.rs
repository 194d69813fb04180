//! What an order asks for, priced: products, cycles, quantities, configurable options, overrides, promotions.

use super::php_form::{PhpArray, PhpValue};
use super::wire::stored;
use super::{Params, Refusal, php_serialize};
use crate::config::{ArrayParams, Config, DisabledCycle, MissingCycle, PriceOverride, Quantity, Version};
use crate::ledger::whmcs::catalog::{NOT_OFFERED, OptionKind, prices_in};
use crate::ledger::whmcs::promotion::Promotion;
use crate::ledger::whmcs::{Billing, Catalog, Cycle, PayType, Product, ServiceOption};
use crate::money::Money;

/// Parameters that are lists, one member per thing ordered.
const ARRAYS: [&str; 29] = [
    "pid",
    "qty",
    "domain",
    "billingcycle",
    "domaintype",
    "regperiod",
    "eppcode",
    "idnlanguage",
    "dnsmanagement",
    "domainfields",
    "emailforwarding",
    "idprotection",
    "domainpriceoverride",
    "domainrenewoverride",
    "domainrenewals",
    "priceoverride",
    "hostname",
    "ns1prefix",
    "ns2prefix",
    "rootpw",
    "customfields",
    "configoptions",
    "addons",
    "addonsqty",
    "addonids",
    "addonidsqty",
    "serviceids",
    "servicerenewals",
    "addonrenewals",
];

/// A service to be made.
#[derive(Debug)]
pub struct Item<'a> {
    pub product: &'a Product,
    pub billing: Billing,
    pub domain: String,
    pub quantity: u64,
    /// First payment without setup fee.
    pub price: Money,
    pub setup: Money,
    pub recurring: Money,
    pub fields: Vec<(u64, String)>,
    pub options: Vec<ServiceOption>,
}

impl Item<'_> {
    pub fn first(&self) -> Money {
        self.price + self.setup
    }
}

/// From 8.6 a scalar is refused where a list is wanted; before, it was a list of one.
pub fn check_arrays(config: &Config, params: &Params) -> Result<(), Refusal> {
    let strict = match config.array_params {
        ArrayParams::All => true,
        ArrayParams::DomainsOnly => params.sent("domaintype"),
    };
    if config.version < Version::V8_6 || !strict {
        return Ok(());
    }
    match ARRAYS.iter().find(|name| matches!(params.value(name), Some(PhpValue::Text(_)))) {
        Some(name) => Err(Refusal(format!("Expecting parameter '{name}' to be an array"))),
        None => Ok(()),
    }
}

/// Keys and values of a list parameter; a scalar is its first member.
pub fn members<'a>(params: &'a Params, name: &str) -> Vec<(&'a str, &'a str)> {
    match params.value(name) {
        None => Vec::new(),
        Some(PhpValue::Text(text)) => vec![("0", text.trim())],
        Some(PhpValue::Array(array)) => array.iter().map(|(key, _)| (key, array.text(key))).collect(),
    }
}

/// The things ordered, in the order they were sent; lists are matched by index, and a gap is a missing value.
pub fn items<'a>(config: &Config, catalog: &'a Catalog, currency: u64, params: &Params) -> Vec<Item<'a>> {
    let mut items = Vec::new();
    for (key, pid) in members(params, "pid") {
        let Some(product) = pid.parse().ok().and_then(|pid| catalog.product(pid)) else { continue };
        let line = Line { config, product, currency, params, key };
        items.extend(line.items());
    }
    items
}

/// One member of `pid[]` with what the other lists say about it.
struct Line<'a, 'b> {
    config: &'b Config,
    product: &'a Product,
    currency: u64,
    params: &'b Params,
    key: &'b str,
}

impl<'a> Line<'a, '_> {
    fn text(&self, name: &str) -> &str {
        match self.params.value(name) {
            Some(PhpValue::Array(array)) => array.text(self.key),
            Some(PhpValue::Text(text)) if self.key == "0" => text.trim(),
            _ => "",
        }
    }

    fn items(&self) -> Vec<Item<'a>> {
        let Some(billing) = self.billing() else { return Vec::new() };
        let asked = match self.config.version {
            version if version < Version::V8_12 => 1,
            _ => self.text("qty").parse::<u64>().unwrap_or(1).clamp(1, 100),
        };
        let separate = self.product.allow_quantity == 1
            || (self.product.allow_quantity > 1 && self.config.quantity == Quantity::SeparateServices);
        let (count, quantity) = match self.product.allow_quantity {
            0 => (1, 1),
            _ if separate => (asked, 1),
            _ => (1, asked),
        };
        (0..count).map(|_| self.item(billing, quantity)).collect()
    }

    /// How it is paid; `None` when it cannot be had.
    fn billing(&self) -> Option<Billing> {
        match self.product.pay_type {
            PayType::Free => return Some(Billing::Free),
            PayType::OneTime => return Some(Billing::OneTime),
            PayType::Recurring => {}
        }
        let first = self.product.first_offered(self.currency);
        let asked = Cycle::named(self.text("billingcycle"));
        let cycle = match (asked, self.config.missing_cycle) {
            (Some(cycle), _) => cycle,
            (None, MissingCycle::Monthly) => Cycle::Monthly,
            (None, MissingCycle::FirstOffered) => first?,
        };
        let offered = self.product.prices(self.currency).is_some_and(|prices| prices.of(cycle) >= Money(0));
        match self.config.disabled_cycle {
            _ if offered => Some(Billing::Every(cycle)),
            DisabledCycle::FirstOffered => first.map(Billing::Every),
            DisabledCycle::NoItem => None,
            DisabledCycle::Negative => Some(Billing::Every(cycle)),
        }
    }

    fn item(&self, billing: Billing, quantity: u64) -> Item<'a> {
        let column = billing.column();
        let (mut price, mut setup) = match (billing, self.product.prices(self.currency)) {
            (Billing::Free, _) => (Money(0), Money(0)),
            (_, Some(prices)) => (prices.of(column), prices.setup_of(column)),
            (_, None) => (NOT_OFFERED, Money(0)),
        };
        let options = choices(self.product, php_serialize::decode(self.text("configoptions")).as_ref());
        let (more, more_setup) = option_prices(self.product, &options, self.currency, column);
        price = (price + more).times(quantity);
        setup = (setup + more_setup).times(quantity);
        let mut recurring = if matches!(billing, Billing::Every(_)) { price } else { Money(0) };
        if let Ok(wanted) = self.text("priceoverride").parse::<Money>() {
            price = wanted;
            match self.config.price_override {
                PriceOverride::RecurringKeepsSetup => {}
                PriceOverride::RecurringWithoutSetup | PriceOverride::FirstPaymentOnly => setup = Money(0),
            }
            if recurring > Money(0) && self.config.price_override != PriceOverride::FirstPaymentOnly {
                recurring = wanted;
            }
        }
        let domain = [self.text("domain"), self.text("hostname")].into_iter().find(|text| !text.is_empty());
        Item {
            product: self.product,
            billing,
            domain: stored(domain.unwrap_or_default()),
            quantity,
            price,
            setup,
            recurring,
            fields: self.fields(),
            options,
        }
    }

    /// Values of the product's own custom fields; others are dropped.
    fn fields(&self) -> Vec<(u64, String)> {
        let sent = php_serialize::decode(self.text("customfields")).unwrap_or_default();
        self.product
            .custom_fields
            .iter()
            .map(|field| (field.id, stored(sent.text(&field.id.to_string()))))
            .collect()
    }
}

/// What was chosen of a product's configurable options, with the defaults for the rest.
pub fn choices(product: &Product, sent: Option<&PhpArray>) -> Vec<ServiceOption> {
    product
        .options
        .iter()
        .filter_map(|option| {
            let value = sent.map_or("", |sent| sent.text(&option.id.to_string()));
            let number: Option<u64> = value.parse().ok();
            let chosen = option.choices.iter().find(|choice| Some(choice.id) == number);
            let first = option.choices.first()?;
            let (choice, quantity) = match option.kind {
                OptionKind::Dropdown => (chosen.unwrap_or(first), 1),
                OptionKind::YesNo if chosen.is_some() || matches!(value, "1" | "on") => (first, 1),
                OptionKind::YesNo => return None,
                OptionKind::Quantity => (first, number.unwrap_or(option.min).clamp(option.min, option.max)),
            };
            Some(ServiceOption { option_id: option.id, choice_id: choice.id, quantity })
        })
        .collect()
}

/// What options cost per period, and once.
pub fn option_prices(
    product: &Product,
    options: &[ServiceOption],
    currency: u64,
    column: Cycle,
) -> (Money, Money) {
    options
        .iter()
        .filter_map(|chosen| {
            let option = product.options.iter().find(|option| option.id == chosen.option_id)?;
            let choice = option.choices.iter().find(|choice| choice.id == chosen.choice_id)?;
            let prices = prices_in(&choice.pricing, currency)?;
            let of = |amount: Money| amount.max(Money(0)).times(chosen.quantity);
            Some((of(prices.of(column)), of(prices.setup_of(column))))
        })
        .fold((Money(0), Money(0)), |sum, more| (sum.0 + more.0, sum.1 + more.1))
}

/// What a promotion takes off each item, and makes of its later payments.
pub fn promote(promotion: &Promotion, items: &mut [Item<'_>]) -> Money {
    items
        .iter_mut()
        .filter(|item| promotion.covers(item.product.id, item.billing))
        .map(|item| {
            let off = promotion.discount(item.price, item.setup).min(item.first());
            if promotion.recurring && item.recurring > Money(0) {
                item.recurring =
                    (item.recurring - promotion.discount(item.recurring, Money(0))).max(Money(0));
            }
            off
        })
        .sum()
}
