//! `UpdateClient`: the fields that are sent. The client's e-mail is not the login's: that is `UpdateUser`.

use serde_json::json;

use super::add_client::plausible_email;
use crate::config::{EmptyField, Presence, Version};
use crate::ledger::whmcs::{Client, ClientStatus, EMAIL_PREFERENCES, PayMethodType, Whmcs};
use crate::whmcs::wire::{fields, stored};
use crate::whmcs::{Context, Fields, Params, Refusal, php_serialize};

const LAST_DOMAIN_RECIPIENT: &str = "You must have at least one email address enabled to receive domain related notifications as required by ICANN. To disable domain notifications, please create an alternative contact that is set to receive them";
const DEPRECATED: &str = "Credit card related parameters are now deprecated and may be removed in a future version. Use AddPayMethod or UpdatePayMethod instead.";
const DEPRECATED_CLEAR: &str = "Credit card related parameters are now deprecated and may be removed in a future version. Use DeletePayMethod instead.";

pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let params = context.params;
    let whmcs = &context.world.ledger.whmcs;
    let id = match params.number("clientid") {
        Some(id) => whmcs.clients.get(&id).map(|client| client.id),
        None => whmcs.client_by_email(params.text("clientemail")).map(|client| client.id),
    };
    let id = id.ok_or("Client ID Not Found")?;
    refuse(whmcs, params, id)?;
    let clear = context.world.config.empty_field == EmptyField::Cleared;
    let world = &mut *context.world;
    let currencies: Vec<u64> = world.ledger.whmcs.currencies.iter().map(|currency| currency.id).collect();
    let gateway = world.ledger.whmcs.catalog.gateway(params.text("paymentmethod"));
    if let Some(client) = world.ledger.whmcs.clients.get_mut(&id) {
        profile(client, params, clear);
        settings(client, params);
        if let Some(gateway) = gateway {
            gateway.clone_into(&mut client.gateway);
        }
        if let Some(currency) = params.number("currency").filter(|id| currencies.contains(id)) {
            client.currency = currency;
        }
    }
    // 8.0 moved the password to users.
    if world.config.version < Version::V8_0 && params.given("password2") {
        let owner = world.ledger.whmcs.clients.get(&id).map(|client| client.owner_user_id);
        if let Some(user) = owner.and_then(|owner| world.ledger.whmcs.users.get_mut(&owner)) {
            params.raw("password2").clone_into(&mut user.password);
        }
    }
    world.hooks.fire("ClientEdit", json!({ "client_id": id }));
    // The id comes back as it was sent: text.
    let mut answer = fields(json!({ "clientid": id.to_string() }));
    let warning = if params.flag("clearcreditcard") {
        Some(DEPRECATED_CLEAR)
    } else {
        (params.given("cardnum") || params.given("cardtype")).then_some(DEPRECATED)
    };
    if let Some(warning) = warning.filter(|_| world.config.warnings == Presence::Present) {
        answer.insert("warning".to_owned(), json!(warning));
    }
    Ok(answer)
}

fn refuse(whmcs: &Whmcs, params: &Params, id: u64) -> Result<(), Refusal> {
    let email = params.text("email");
    if params.array("email_preferences").is_some_and(|sent| sent.text("domain") == "0") {
        return Err(LAST_DOMAIN_RECIPIENT.into());
    }
    if !email.is_empty() && whmcs.client_by_email(email).is_some_and(|other| other.id != id) {
        return Err("Duplicate Email Address".into());
    }
    if params.sent("email") && !plausible_email(email) {
        return Err("The email address entered is not valid".into());
    }
    let several = |card: bool| {
        let theirs = whmcs.pay_methods.iter().filter(|method| method.client_id == id);
        theirs.filter(|method| matches!(method.kind, PayMethodType::Card { .. }) == card).count() > 1
    };
    if (params.given("cardnum") || params.flag("clearcreditcard")) && several(true) {
        return Err("Multiple Credit Card Pay Methods Found".into());
    }
    if (params.given("bankcode") || params.given("bankacct")) && several(false) {
        return Err("Multiple Bank Account Pay Methods Found".into());
    }
    Ok(())
}

fn profile(client: &mut Client, params: &Params, clear: bool) {
    let columns = [
        ("firstname", &mut client.first_name),
        ("lastname", &mut client.last_name),
        ("companyname", &mut client.company),
        ("address1", &mut client.address1),
        ("address2", &mut client.address2),
        ("city", &mut client.city),
        ("state", &mut client.state),
        ("postcode", &mut client.postcode),
        ("phonenumber", &mut client.phone),
        ("tax_id", &mut client.tax_id),
        ("language", &mut client.language),
        ("notes", &mut client.notes),
    ];
    for (name, column) in columns {
        if params.given(name) || (clear && params.sent(name)) {
            *column = stored(params.text(name));
        }
    }
    if params.given("country") {
        client.country = params.text("country").to_ascii_uppercase();
    }
    if params.given("email") {
        params.text("email").clone_into(&mut client.email);
    }
}

fn settings(client: &mut Client, params: &Params) {
    let flags = &mut client.flags;
    let columns = [
        ("taxexempt", &mut flags.tax_exempt),
        ("latefeeoveride", &mut flags.late_fee_override),
        ("overideduenotices", &mut flags.override_due_notices),
        ("separateinvoices", &mut flags.separate_invoices),
        ("disableautocc", &mut flags.disable_auto_cc),
        ("overrideautoclose", &mut flags.override_auto_close),
        ("marketingoptin", &mut client.marketing),
    ];
    for (name, column) in columns {
        if params.sent(name) {
            *column = params.flag(name);
        }
    }
    if let Some(group) = params.number("groupid") {
        client.group = group;
    }
    let statuses = [ClientStatus::Active, ClientStatus::Inactive, ClientStatus::Closed];
    if let Some(status) = statuses.into_iter().find(|status| status.label() == params.text("status")) {
        client.status = status;
    }
    if let Some(sent) = params.array("email_preferences") {
        for (name, column) in EMAIL_PREFERENCES.into_iter().zip(&mut client.email_preferences) {
            match sent.text(name) {
                "" => {}
                value => *column = value != "0",
            }
        }
    }
    if let Some(sent) = php_serialize::decode(params.text("customfields")) {
        for (key, _) in sent.iter() {
            if let Ok(id) = key.parse() {
                client.custom_fields.insert(id, stored(sent.text(key)));
            }
        }
    }
}
