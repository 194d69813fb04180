//! `GetCurrencies`: every currency; everything a string, as the documentation prints it.

use serde_json::{Value, json};

use crate::whmcs::wire::{fields, put_list};
use crate::whmcs::{Context, Fields, Refusal};

#[expect(clippy::unnecessary_wraps, reason = "the signature of every action")]
pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let world = &mut *context.world;
    let rows: Vec<Value> = world
        .ledger
        .whmcs
        .currencies
        .iter()
        .map(|currency| {
            json!({
                "id": currency.id.to_string(),
                "code": currency.code,
                "prefix": currency.prefix,
                "suffix": currency.suffix,
                "format": currency.format,
                "rate": currency.rate,
            })
        })
        .collect();
    let mut answer = fields(json!({ "totalresults": rows.len().to_string() }));
    put_list(&mut world.config, &mut answer, "currencies", Some("currency"), rows);
    Ok(answer)
}
