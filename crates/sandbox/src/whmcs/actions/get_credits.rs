//! `GetCredits`: how a client's credit balance came about; everything a string, as the documentation prints it.

use serde_json::{Value, json};

use crate::whmcs::wire::{date, fields, put_list};
use crate::whmcs::{Context, Fields, Refusal};

pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let world = &mut *context.world;
    let client_id = context.params.number("clientid").unwrap_or(0);
    if !world.ledger.whmcs.clients.contains_key(&client_id) {
        return Err("Client ID Not Found".into());
    }
    let credits = &world.ledger.whmcs.credits;
    let rows: Vec<Value> = credits
        .iter()
        .filter(|credit| credit.client_id == client_id)
        .map(|credit| {
            json!({
                "id": credit.id.to_string(),
                "date": date(Some(credit.date)),
                "description": credit.description,
                "amount": credit.amount,
                "relid": "0",
            })
        })
        .collect();
    let mut answer =
        fields(json!({ "totalresults": rows.len().to_string(), "clientid": client_id.to_string() }));
    put_list(&mut world.config, &mut answer, "credits", Some("credit"), rows);
    Ok(answer)
}
