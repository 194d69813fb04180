//! `GetPaymentMethods`: the gateways.

use serde_json::{Value, json};

use crate::whmcs::wire::{fields, put_list};
use crate::whmcs::{Context, Fields, Refusal};

#[expect(clippy::unnecessary_wraps, reason = "the signature of every action")]
pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let world = &mut *context.world;
    let gateways = &world.ledger.whmcs.catalog.gateways;
    let rows: Vec<Value> = gateways
        .iter()
        .map(|gateway| json!({ "module": gateway.module, "displayname": gateway.name }))
        .collect();
    let mut answer = fields(json!({ "totalresults": rows.len() }));
    put_list(&mut world.config, &mut answer, "paymentmethods", Some("paymentmethod"), rows);
    Ok(answer)
}
