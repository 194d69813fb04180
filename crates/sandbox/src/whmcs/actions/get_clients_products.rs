//! `GetClientsProducts`: the services of a client, with everything a portal must not pass on (passwords in clear, notes).

use serde_json::{Value, json};

use crate::ledger::whmcs::{GATEWAY, Service};
use crate::whmcs::wire::{Page, date, fields, put_list};
use crate::whmcs::{Context, Fields, Refusal};

#[expect(clippy::unnecessary_wraps, reason = "the signature of every action")]
pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let world = &mut *context.world;
    let params = context.params;
    let mut found = world.ledger.whmcs.services_of(params.number("clientid"));
    let service_id = params.number("serviceid");
    let pid = params.number("pid");
    let domain = params.text("domain");
    found.retain(|service| {
        service_id.is_none_or(|id| id == service.id)
            && pid.is_none_or(|id| id == service.pid)
            && (domain.is_empty() || service.domain.eq_ignore_ascii_case(domain))
    });
    let page = Page::cut(params, found);
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
    let rows = page.rows.iter().map(|service| row(service)).collect();
    put_list(&mut world.config, &mut answer, "products", Some("product"), rows);
    Ok(answer)
}

fn row(service: &Service) -> Value {
    let mut row = fields(json!({
        "id": service.id.to_string(),
        "qty": "1",
        "clientid": service.client_id.to_string(),
        "orderid": service.order_id.to_string(),
    }));
    if let Some(number) = &service.order_number {
        row.insert("ordernumber".to_owned(), json!(number));
    }
    row.extend(product(service));
    row.extend(server(service));
    Value::Object(row)
}

fn product(service: &Service) -> Fields {
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
        "paymentmethod": GATEWAY,
        "paymentmethodname": "PayPal",
        "billingcycle": service.cycle,
        "nextduedate": date(service.next_due),
        "status": service.status.label(),
    }))
}

fn server(service: &Service) -> Fields {
    fields(json!({
        "username": format!("svc{}", service.id),
        "password": format!("sandbox-service-password-{}", service.id),
        "subscriptionid": "",
        "promoid": "0",
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
        "customfields": { "customfield": [] },
        "configoptions": { "configoption": [] },
    }))
}
