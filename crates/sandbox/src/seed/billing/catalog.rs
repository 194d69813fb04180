//! What the demo installation sells: every kind of product that a shop has to tell apart, in two currencies.

use chrono::NaiveDate;

use super::day;
use crate::ledger::whmcs::catalog::{
    Choice, ConfigOption, CustomField, Gateway, Group, NOT_OFFERED, OptionKind, Prices, REFERENCE_FIELD,
};
use crate::ledger::whmcs::promotion::{Promotion, PromotionType};
use crate::ledger::whmcs::{Catalog, GATEWAY, PayType, Product};
use crate::money::Money;

/// Currency id: dollars.
const USD: u64 = 1;
/// Currency id: euros.
const EUR: u64 = 2;

/// Prices of the six cycles in hundredths, `-100` where a cycle is not offered.
type Row = [i64; 6];

/// The same column for both currencies, a little less in euros.
fn prices(price: Row, setup: Row) -> Vec<Prices> {
    let euros =
        |row: Row| row.map(|hundredths| if hundredths > 0 { hundredths * 92 / 100 } else { hundredths });
    vec![in_currency(USD, price, setup), in_currency(EUR, euros(price), euros(setup))]
}

fn in_currency(currency: u64, price: Row, setup: Row) -> Prices {
    Prices { currency, price: price.map(Money), setup: setup.map(Money) }
}

/// The field in which an order carries the key of whoever placed it.
pub fn reference(id: u64) -> CustomField {
    CustomField { id, name: REFERENCE_FIELD, description: "Set by the customer portal", required: false }
}

fn product(id: u64, group: u64, kind: &'static str, name: &'static str, slug: &'static str) -> Product {
    Product {
        id,
        group,
        kind,
        name: name.into(),
        slug: slug.into(),
        description: "".into(),
        module: "".into(),
        pay_type: PayType::Recurring,
        allow_quantity: 0,
        quantity_available: 0,
        hidden: false,
        retired: false,
        pricing: Vec::new(),
        custom_fields: vec![reference(id)],
        options: Vec::new(),
    }
}

fn products() -> Vec<Product> {
    let none = NOT_OFFERED.0;
    let mut all = hosting();
    all.extend(servers());
    all.extend([
        Product {
            description: "<ul><li>10&nbsp;GB</li><li>Daily</li></ul>".into(),
            pricing: prices([995, none, none, 9_950, none, none], [500, 0, 0, 0, 0, 0]),
            ..product(5, 3, "other", "Managed Backup &amp; Restore", "managed-backup-restore")
        },
        Product {
            pay_type: PayType::OneTime,
            allow_quantity: 1,
            // A one-time price sits in the monthly column; the others say nothing.
            pricing: prices([25_000, 0, 0, 0, 0, 0], [0; 6]),
            ..product(6, 3, "other", "One-off Audit", "one-off-audit")
        },
        Product {
            pay_type: PayType::Free,
            pricing: prices([0; 6], [0; 6]),
            ..product(7, 3, "other", "Community DNS", "community-dns")
        },
        Product {
            pricing: vec![
                in_currency(USD, [none; 6], [0; 6]),
                in_currency(EUR, [450, none, none, 4_500, none, none], [0; 6]),
            ],
            ..product(10, 3, "other", "Post f&uuml;r Europa", "eu-mail")
        },
    ]);
    all
}

fn hosting() -> Vec<Product> {
    let none = NOT_OFFERED.0;
    let backups = ConfigOption {
        id: 1,
        name: "Off-site Backups",
        kind: OptionKind::YesNo,
        min: 0,
        max: 0,
        choices: vec![Choice {
            id: 1,
            name: "Include Off-site Backups",
            pricing: prices([200, none, none, 2_000, none, none], [0; 6]),
        }],
    };
    let old = Product {
        retired: true,
        module: "cpanel".into(),
        pricing: prices([995, none, none, none, none, none], [0; 6]),
        ..product(8, 1, "hostingaccount", "Starter 2019", "starter-2019")
    };
    vec![
        Product {
            description: "One site. <strong>All the bells &amp; whistles.</strong>".into(),
            module: "cpanel".into(),
            pricing: prices([1_295, none, none, 12_950, none, none], [0; 6]),
            options: vec![backups],
            ..product(1, 1, "hostingaccount", "Starter", "starter")
        },
        Product {
            description: "<p>Ten sites</p><ul><li>10&nbsp;GB</li><li>Backups &amp; restores</li></ul>".into(),
            module: "cpanel".into(),
            pricing: prices([2_495, 7_100, 13_900, 24_950, 44_900, 59_900], [500, 0, 0, 0, 0, 0]),
            ..product(2, 1, "hostingaccount", "Plus &amp; Backup", "plus-backup")
        },
        old,
        Product {
            hidden: true,
            module: "cpanel".into(),
            pricing: prices([100, none, none, none, none, none], [0; 6]),
            ..product(9, 1, "hostingaccount", "Staff Hosting", "staff-hosting")
        },
    ]
}

fn servers() -> Vec<Product> {
    let none = NOT_OFFERED.0;
    let choice = |id, name, monthly| Choice {
        id,
        name,
        pricing: prices([monthly, none, none, monthly * 10, none, none], [0; 6]),
    };
    let memory = ConfigOption {
        id: 2,
        name: "Memory",
        kind: OptionKind::Dropdown,
        min: 0,
        max: 0,
        choices: vec![choice(2, "4 GB", 0), choice(3, "8 GB", 1_000)],
    };
    let addresses = ConfigOption {
        id: 3,
        name: "Extra IPv4 Addresses",
        kind: OptionKind::Quantity,
        min: 0,
        max: 5,
        choices: vec![choice(4, "Address", 200)],
    };
    vec![
        Product {
            description: "Two cores, your own kernel.".into(),
            module: "virtualizor".into(),
            allow_quantity: 2,
            pricing: prices([3_900, none, none, 39_000, none, none], [0; 6]),
            options: vec![memory, addresses],
            ..product(3, 2, "server", "VPS 2", "vps-2")
        },
        Product {
            quantity_available: 3,
            pricing: prices([14_900, none, none, 149_000, none, none], [9_900, 0, 0, 0, 0, 0]),
            ..product(4, 2, "server", "Dedicated", "dedicated")
        },
    ]
}

fn promotion(id: u64, code: &'static str, kind: PromotionType, value: i64) -> Promotion {
    Promotion {
        id,
        code,
        kind,
        recurring: false,
        value: Money(value),
        cycles: &[],
        applies_to: &[],
        starts: None,
        expires: None,
        max_uses: 0,
        uses: 0,
        new_signups: false,
        existing_client: false,
        once_per_client: false,
        upgrades: false,
        notes: "",
    }
}

fn promotions(today: NaiveDate) -> Vec<Promotion> {
    vec![
        Promotion {
            recurring: true,
            applies_to: &[1, 2],
            uses: 1,
            notes: "sandbox admin note",
            ..promotion(1, "SPRING10", PromotionType::Percentage, 1_000)
        },
        Promotion { once_per_client: true, ..promotion(2, "FIVEOFF", PromotionType::FixedAmount, 500) },
        Promotion { cycles: &["Annually"], ..promotion(3, "YEARLY", PromotionType::PriceOverride, 9_900) },
        promotion(4, "NOSETUP", PromotionType::FreeSetup, 0),
        Promotion {
            starts: Some(day(today, -400)),
            expires: Some(day(today, -30)),
            ..promotion(5, "EXPIRED", PromotionType::Percentage, 5_000)
        },
        Promotion { max_uses: 1, uses: 1, ..promotion(6, "USEDUP", PromotionType::Percentage, 2_500) },
        Promotion { new_signups: true, ..promotion(7, "WELCOME", PromotionType::Percentage, 2_000) },
        Promotion { upgrades: true, ..promotion(8, "MOVEUP", PromotionType::Percentage, 5_000) },
    ]
}

/// The whole catalogue.
pub fn catalog(today: NaiveDate) -> Catalog {
    let mut products = products();
    products.sort_by_key(|product| product.id);
    Catalog {
        groups: vec![
            Group { id: 1, name: "Shared Hosting".into(), slug: "shared-hosting".into() },
            Group { id: 2, name: "Servers &amp; VPS".into(), slug: "servers".into() },
            Group { id: 3, name: "Extras".into(), slug: "extras".into() },
        ],
        products,
        gateways: vec![
            Gateway { module: GATEWAY, name: "PayPal" },
            Gateway { module: "stripe", name: "Credit Card" },
            Gateway { module: "banktransfer", name: "Bank Transfer" },
        ],
        promotions: promotions(today),
    }
}
