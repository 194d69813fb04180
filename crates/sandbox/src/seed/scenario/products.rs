//! What is for sale, instead of the demo's catalogue.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Trouble;
use crate::html::escape;
use crate::ledger::whmcs::catalog::{Group, NOT_OFFERED, Prices};
use crate::ledger::whmcs::{Currency, PayType, Product as Stored};
use crate::money::Money;
use crate::seed::billing::catalog::reference;
use crate::world::World;

/// A product of a group, priced in some of the currencies.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    id: Option<u64>,
    name: String,
    /// The group's name; a group is there as soon as a product is in it.
    #[serde(default = "general")]
    group: String,
    #[serde(rename = "type", default)]
    kind: Kind,
    #[serde(default)]
    paytype: Pay,
    /// HTML.
    #[serde(default)]
    description: String,
    /// Made from the name when absent.
    slug: Option<String>,
    #[serde(default)]
    module: String,
    /// By currency code; a cycle that is left out is not offered.
    prices: BTreeMap<String, Cycles>,
    /// By currency code; with the first payment only.
    #[serde(default)]
    setup: BTreeMap<String, Cycles>,
    #[serde(default)]
    hidden: bool,
    #[serde(default)]
    retired: bool,
}

/// The types that WHMCS knows.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    HostingAccount,
    ResellerAccount,
    Server,
    #[default]
    Other,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Pay {
    Free,
    OneTime,
    #[default]
    Recurring,
}

/// Amounts by cycle; what is paid once is `monthly`, as in WHMCS.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Cycles {
    monthly: Option<Money>,
    quarterly: Option<Money>,
    semiannually: Option<Money>,
    annually: Option<Money>,
    biennially: Option<Money>,
    triennially: Option<Money>,
}

fn general() -> String {
    "General".to_owned()
}

impl Kind {
    fn key(self) -> &'static str {
        match self {
            Self::HostingAccount => "hostingaccount",
            Self::ResellerAccount => "reselleraccount",
            Self::Server => "server",
            Self::Other => "other",
        }
    }
}

impl Cycles {
    /// In the order of [`Cycle::ALL`](crate::ledger::whmcs::Cycle::ALL).
    fn or(self, absent: Money) -> [Money; 6] {
        [self.monthly, self.quarterly, self.semiannually, self.annually, self.biennially, self.triennially]
            .map(|price| price.unwrap_or(absent))
    }
}

/// Lower-case letters and digits, hyphens between.
fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

/// Replaces groups and products; only where no service was made of the demo's.
pub fn replace(world: &mut World, products: &[Product]) -> Result<(), Trouble> {
    let whmcs = &mut world.ledger.whmcs;
    if !whmcs.services.is_empty() {
        return Err(Trouble::new("products", "only the empty seed can have other products"));
    }
    whmcs.catalog.groups.clear();
    whmcs.catalog.products.clear();
    for (index, new) in products.iter().enumerate() {
        let at = format!("products[{index}]");
        let next = whmcs.catalog.products.iter().map(|product| product.id).max().unwrap_or(0) + 1;
        let id = new.id.unwrap_or(next);
        if whmcs.catalog.product(id).is_some() {
            return Err(Trouble::new(format!("{at}.id"), "another product has it"));
        }
        let pricing = pricing(new, &whmcs.currencies, &at)?;
        let group = group(&mut whmcs.catalog.groups, &new.group);
        whmcs.catalog.products.push(stored(new, id, group, pricing));
    }
    whmcs.catalog.products.sort_by_key(|product| product.id);
    Ok(())
}

fn pricing(new: &Product, currencies: &[Currency], at: &str) -> Result<Vec<Prices>, Trouble> {
    if let Some(code) = new.setup.keys().find(|code| !new.prices.contains_key(*code)) {
        return Err(Trouble::new(format!("{at}.setup.{code}"), "there is no price in that currency"));
    }
    let prices = new.prices.iter().map(|(code, price)| {
        let known = currencies.iter().find(|currency| currency.code == code);
        let known = known.ok_or_else(|| Trouble::new(format!("{at}.prices.{code}"), "unknown currency"))?;
        let setup = new.setup.get(code).copied().unwrap_or_default();
        Ok(Prices { currency: known.id, setup: setup.or(Money(0)), price: price.or(NOT_OFFERED) })
    });
    prices.collect()
}

/// The group of that name, new when nobody named it before.
fn group(groups: &mut Vec<Group>, name: &str) -> u64 {
    let name = escape(name);
    if let Some(known) = groups.iter().find(|group| group.name == name) {
        return known.id;
    }
    let id = groups.last().map_or(1, |group| group.id + 1);
    groups.push(Group { id, slug: slug(&name).into(), name: name.into() });
    id
}

fn stored(new: &Product, id: u64, group: u64, pricing: Vec<Prices>) -> Stored {
    Stored {
        id,
        group,
        kind: new.kind.key(),
        name: escape(&new.name).into(),
        slug: new.slug.clone().unwrap_or_else(|| slug(&new.name)).into(),
        description: new.description.clone().into(),
        module: new.module.clone().into(),
        pay_type: match new.paytype {
            Pay::Free => PayType::Free,
            Pay::OneTime => PayType::OneTime,
            Pay::Recurring => PayType::Recurring,
        },
        allow_quantity: 0,
        quantity_available: 0,
        hidden: new.hidden,
        retired: new.retired,
        pricing,
        custom_fields: vec![reference(id)],
        options: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_slug_is_plain() {
        assert_eq!(slug("Plus & Backup (2 sites)"), "plus-backup-2-sites");
    }
}
