//! `GetPayMethods` (7.8+): stored cards and bank accounts, with the gateways' tokens that no portal may pass on.

use serde_json::{Value, json};

use crate::ledger::whmcs::{PayMethod, PayMethodType};
use crate::whmcs::wire::{fields, put_list};
use crate::whmcs::{Context, Fields, Refusal};

pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let world = &mut *context.world;
    let params = context.params;
    let client_id = params.number("clientid").ok_or("Client ID Is Required")?;
    let kind = params.text("type");
    if !matches!(kind, "" | "BankAccount" | "CreditCard") {
        return Err("Invalid Pay Method Type. Should be 'BankAccount' or 'CreditCard'".into());
    }
    if !world.ledger.whmcs.clients.contains_key(&client_id) {
        return Err("Client Not Found".into());
    }
    let id = params.number("paymethodid");
    let rows: Vec<Value> = world
        .ledger
        .whmcs
        .pay_methods
        .iter()
        .filter(|method| method.client_id == client_id && id.is_none_or(|id| id == method.id))
        .filter(|method| match method.kind {
            PayMethodType::Card { .. } => kind != "BankAccount",
            PayMethodType::Bank { .. } => kind != "CreditCard",
        })
        .map(row)
        .collect();
    let mut answer = fields(json!({ "clientid": client_id.to_string() }));
    put_list(&mut world.config, &mut answer, "paymethods", None, rows);
    Ok(answer)
}

fn row(method: &PayMethod) -> Value {
    let mut row = fields(json!({
        "id": method.id,
        "description": method.description,
        "gateway_name": method.gateway,
        "contact_type": "Client",
        "contact_id": method.client_id,
        "remote_token": method.token,
        // In the installation's own format, unlike every other moment.
        "last_updated": method.updated.format("%d/%m/%Y %H:%M").to_string(),
    }));
    row.extend(match &method.kind {
        PayMethodType::Card { remote, last_four, expiry, brand } => fields(json!({
            "type": if *remote { "RemoteCreditCard" } else { "CreditCard" },
            "card_last_four": last_four,
            "expiry_date": expiry,
            "start_date": "",
            "issue_number": "",
            "card_type": brand,
        })),
        PayMethodType::Bank { remote, bank } => fields(json!({
            "type": if *remote { "RemoteBankAccount" } else { "BankAccount" },
            "bank_name": bank,
        })),
    });
    Value::Object(row)
}
