//! What ordering and upgrading share: gateways, order numbers, and how a missing invoice is printed.

use serde_json::{Value, json};

use super::{Fields, Refusal};
use crate::config::{Config, NoInvoice};
use crate::ledger::whmcs::{Catalog, Currency, Whmcs};
use crate::money::Money;

/// The gateway a caller names, or the refusal that lists what could be named.
pub fn gateway(catalog: &Catalog, module: &str) -> Result<&'static str, Refusal> {
    catalog.gateway(module).ok_or_else(|| {
        Refusal(format!("Invalid Payment Method. Valid options include {}", catalog.gateway_names()))
    })
}

/// What people call an order: ten digits that are a function of its id.
pub fn number(id: u64) -> u64 {
    1_000_000_000 + id.wrapping_mul(7_919_191_919) % 9_000_000_000
}

/// Prints the id of an invoice, or its absence as the switch has it.
pub fn put_invoice(config: &Config, answer: &mut Fields, invoice_id: Option<u64>) {
    let value = match (invoice_id, config.no_invoice) {
        (Some(id), _) => json!(id),
        (None, NoInvoice::Missing) => return,
        (None, NoInvoice::Zero) => json!(0),
        (None, NoInvoice::Text) => json!(""),
        (None, NoInvoice::Null) => Value::Null,
    };
    answer.insert("invoiceid".to_owned(), value);
}

/// The currency of a client, by id.
pub fn currency_of(whmcs: &Whmcs, client_id: u64) -> Option<&Currency> {
    whmcs.clients.get(&client_id).and_then(|client| whmcs.currency_of(client))
}

/// An amount as WHMCS shows it to people, in the client's currency.
pub fn formatted(whmcs: &Whmcs, client_id: u64, amount: Money) -> String {
    currency_of(whmcs, client_id).map_or_else(|| amount.to_string(), |currency| currency.formatted(amount))
}
