//! `GetClientsProducts`: the services of a client, with everything a portal must not pass on (passwords in clear, notes).

use serde_json::{Value, json};

use crate::config::{Config, Version};
use crate::ledger::whmcs::catalog::OptionKind;
use crate::ledger::whmcs::{Product, Service, ServiceOption, Whmcs};
use crate::whmcs::wire::{MALFORMED, Page, date, fields, inner_list, put_list};
use crate::whmcs::{Context, Fields, Refusal};

#[expect(clippy::unnecessary_wraps, reason = "the signature of every action")]
pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let params = context.params;
    let world = &mut *context.world;
    let (config, whmcs) = (&mut world.config, &world.ledger.whmcs);
    let rows = whmcs.service_rows(params.number("clientid"));
    let (service_id, pid) = (params.number("serviceid"), params.number("pid"));
    let (domain, username) = (params.text("domain"), params.text("username2"));
    let all = service_id.is_none() && pid.is_none() && domain.is_empty() && username.is_empty();
    let known = all.then(|| rows.len());
    let found = rows.iter(false).filter(|service| {
        service_id.is_none_or(|id| id == service.id)
            && pid.is_none_or(|id| id == service.pid)
            && (domain.is_empty() || service.domain.eq_ignore_ascii_case(domain))
            && (username.is_empty() || self::username(service) == username)
    });
    let page = Page::cut(config, params, known, found);
    let echo = |name: &str| params.given(name).then(|| params.text(name));
    let mut answer = fields(json!({
        "clientid": echo("clientid"),
        "serviceid": echo("serviceid"),
        "pid": echo("pid"),
        "domain": echo("domain"),
        "totalresults": page.total.to_string(),
        "startnumber": page.start,
        "numreturned": page.rows.len(),
    }));
    let rows = page.rows.iter().map(|service| row(config, whmcs, service)).collect();
    put_list(config, &mut answer, "products", Some("product"), rows);
    Ok(answer)
}

fn username(service: &Service) -> String {
    format!("svc{}", service.id)
}

fn row(config: &mut Config, whmcs: &Whmcs, service: &Service) -> Value {
    let mut row = fields(json!({
        "id": service.id.to_string(),
        "clientid": service.client_id.to_string(),
        "orderid": service.order_id.to_string(),
    }));
    if config.version >= Version::V8_12 {
        row.insert("qty".to_owned(), json!(service.quantity.to_string()));
    }
    if let Some(number) = &service.order_number {
        row.insert("ordernumber".to_owned(), json!(number));
    }
    row.extend(product(whmcs, service));
    row.extend(server(service));
    let product = whmcs.catalog.product(service.pid);
    let custom = service
        .custom_fields
        .iter()
        .map(|(id, value)| {
            let known = product.and_then(|p| p.custom_fields.iter().find(|field| field.id == *id));
            let name = known.map_or("", |field| field.name);
            json!({ "id": id.to_string(), "name": name, "translated_name": name, "value": value })
        })
        .collect();
    inner_list(config, &mut row, "customfields", "customfield", custom);
    let options = service.options.iter().filter_map(|chosen| option(product?, chosen)).collect();
    inner_list(config, &mut row, "configoptions", "configoption", options);
    Value::Object(row)
}

/// Other members than in `GetProducts`.
fn option(product: &Product, chosen: &ServiceOption) -> Option<Value> {
    let option = product.options.iter().find(|option| option.id == chosen.option_id)?;
    let choice = option.choices.iter().find(|choice| choice.id == chosen.choice_id)?;
    let value = match option.kind {
        OptionKind::Quantity => chosen.quantity.to_string(),
        OptionKind::Dropdown | OptionKind::YesNo => choice.name.to_owned(),
    };
    Some(json!({
        "id": option.id.to_string(),
        "option": option.name,
        "type": option.kind.word(),
        "value": value,
    }))
}

fn product(whmcs: &Whmcs, service: &Service) -> Fields {
    fields(json!({
        "pid": service.pid.to_string(),
        "regdate": date(Some(service.registered)),
        "name": service.name,
        "translated_name": service.name,
        "groupname": service.group,
        "translated_groupname": service.group,
        "domain": service.domain,
        "dedicatedip": "",
        "serverid": "1",
        "servername": "Saturn",
        "serverip": "192.0.2.10",
        "serverhostname": "saturn.sandbox.example",
        "suspensionreason": service.suspension_reason,
        "firstpaymentamount": service.first_payment,
        "recurringamount": service.recurring,
        "paymentmethod": service.gateway,
        "paymentmethodname": whmcs.catalog.gateway_name(service.gateway),
        "billingcycle": service.cycle,
        "nextduedate": date(service.next_due),
        "status": service.status.label(),
    }))
}

fn server(service: &Service) -> Fields {
    let mut password = format!("sandbox-service-password-{}", service.id);
    if service.malformed {
        password.push(MALFORMED);
    }
    fields(json!({
        "username": username(service),
        "password": password,
        "subscriptionid": "",
        "promoid": service.promotion_id.to_string(),
        "overideautosuspend": "",
        "overidesuspenduntil": "0000-00-00",
        "ns1": "",
        "ns2": "",
        "assignedips": "",
        "notes": "sandbox admin note",
        "diskusage": "0",
        "disklimit": "0",
        "bwusage": "0",
        "bwlimit": "0",
        "lastupdate": "0000-00-00 00:00:00",
    }))
}
