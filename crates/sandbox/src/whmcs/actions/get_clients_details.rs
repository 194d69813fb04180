//! `GetClientsDetails`: one client with its users, by client id or by the client's (not the user's) e-mail.

use serde_json::{Value, json};

use super::client_stats;
use crate::config::{ClientFields, SameEmail, Version};
use crate::ledger::whmcs::{Client, EMAIL_PREFERENCES, Whmcs};
use crate::whmcs::wire::fields;
use crate::whmcs::{Context, Fields, Refusal};

pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let whmcs = &context.world.ledger.whmcs;
    let email = context.params.text("email");
    let client = match context.params.number("clientid") {
        Some(id) => whmcs.clients.get(&id),
        None if email.is_empty() => return Err("Either clientid Or email Is Required".into()),
        None => match context.world.config.same_email {
            SameEmail::Oldest => whmcs.client_by_email(email),
            SameEmail::Newest => {
                whmcs.clients.values().rev().find(|client| client.email.eq_ignore_ascii_case(email))
            }
        },
    };
    let client = client.ok_or("Client Not Found")?;
    let mut block = identity(client);
    block.extend(contact(client));
    block.extend(billing(whmcs, client));
    if context.world.config.version >= Version::V8_0 {
        block.insert("users".to_owned(), json!({ "user": users(whmcs, client) }));
    } else {
        block.remove("owner_user_id");
    }
    let mut answer = match context.world.config.client_fields {
        ClientFields::Nested => Fields::new(),
        ClientFields::Both => block.clone(),
    };
    answer.insert("client".to_owned(), Value::Object(block));
    if context.params.flag("stats") {
        let today = context.world.clock.now().date_naive();
        answer.insert("stats".to_owned(), Value::Object(client_stats::of(whmcs, client, today)));
    }
    Ok(answer)
}

fn identity(client: &Client) -> Fields {
    fields(json!({
        "client_id": client.id,
        "owner_user_id": client.owner_user_id,
        "userid": client.id,
        "id": client.id,
        "uuid": client.uuid,
        "firstname": client.first_name,
        "lastname": client.last_name,
        "fullname": format!("{} {}", client.first_name, client.last_name),
        "companyname": client.company,
        "email": client.email,
    }))
}

fn contact(client: &Client) -> Fields {
    let formatted = format!("+1.{}", client.phone.chars().filter(char::is_ascii_digit).collect::<String>());
    let preferences: Fields = EMAIL_PREFERENCES
        .into_iter()
        .zip(client.email_preferences)
        .map(|(name, on)| (name.to_owned(), json!(u8::from(on).to_string())))
        .collect();
    fields(json!({
        "address1": client.address1,
        "address2": client.address2,
        "city": client.city,
        "fullstate": client.state,
        "state": client.state,
        "postcode": client.postcode,
        "countrycode": client.country,
        "country": client.country,
        "phonenumber": client.phone,
        "tax_id": client.tax_id,
        "email_preferences": preferences,
        "statecode": client.state,
        "countryname": client.country,
        "phonecc": "1",
        "phonenumberformatted": formatted,
        "telephoneNumber": formatted,
    }))
}

fn billing(whmcs: &Whmcs, client: &Client) -> Fields {
    let mut block = fields(json!({
        "billingcid": 0,
        "notes": client.notes,
        "currency": client.currency,
        "defaultgateway": client.gateway,
        "groupid": client.group,
        "status": client.status.label(),
        "credit": client.credit,
        "taxexempt": client.flags.tax_exempt,
        "latefeeoveride": client.flags.late_fee_override,
        "overideduenotices": client.flags.override_due_notices,
        "separateinvoices": client.flags.separate_invoices,
        "disableautocc": client.flags.disable_auto_cc,
        "emailoptout": !client.marketing,
        "marketing_emails_opt_in": client.marketing,
        "overrideautoclose": client.flags.override_auto_close,
        "allowSingleSignOn": u8::from(client.allow_sso),
        "email_verified": whmcs.users.get(&client.owner_user_id).is_some_and(|owner| owner.email_verified),
        "language": client.language,
        "isOptedInToMarketingEmails": client.marketing,
        "lastlogin": "Date: 03/10/2016 10:26<br>IP Address:<br>Host:",
        "currency_code": whmcs.currency_of(client).map_or("", |currency| currency.code),
    }));
    // A bare list, and each value once more under a numbered name.
    let custom: Vec<Value> =
        client.custom_fields.iter().map(|(id, value)| json!({ "id": id, "value": value })).collect();
    block.insert("customfields".to_owned(), json!(custom));
    for (position, value) in client.custom_fields.values().enumerate() {
        block.insert(format!("customfields{}", position + 1), json!(value));
    }
    block
}

/// Owner first. Note the other spelling of the flag than in `GetUsers`.
fn users(whmcs: &Whmcs, client: &Client) -> Vec<Value> {
    std::iter::once(client.owner_user_id)
        .chain(client.members.iter().copied())
        .filter_map(|id| whmcs.users.get(&id))
        .map(|user| {
            json!({
                "id": user.id,
                "name": format!("{} {}", user.first_name, user.last_name),
                "email": user.email,
                "is_owner": user.id == client.owner_user_id,
            })
        })
        .collect()
}
