//! `AddCancelRequest` and `GetCancelledPackages`. No action withdraws a request.

use serde_json::{Value, json};

use crate::ledger::whmcs::CancelType;
use crate::whmcs::wire::{Page, fields, moment, put_list, stored};
use crate::whmcs::{Context, Fields, Refusal};

pub fn add(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let params = context.params;
    let now = context.world.clock.local();
    let whmcs = &mut context.world.ledger.whmcs;
    let service_id = params.number("serviceid").unwrap_or(0);
    let client_id = whmcs.services.get(&service_id).ok_or("Service ID Not Found")?.client_id;
    let kind = if params.text("type").eq_ignore_ascii_case("Immediate") {
        CancelType::Immediate
    } else {
        CancelType::EndOfBillingPeriod
    };
    whmcs
        .add_cancel_request(service_id, now, stored(params.text("reason")), kind)
        .ok_or("Existing Cancellation Request Exists")?;
    let ids = json!({ "client_id": client_id, "serviceid": service_id });
    context.world.hooks.fire("CancellationRequest", ids);
    Ok(fields(json!({ "serviceid": service_id.to_string(), "userid": client_id.to_string() })))
}

/// Paging only: everybody's requests. Everything a string, as the documentation prints it.
#[expect(clippy::unnecessary_wraps, reason = "the signature of every action")]
pub fn list(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let world = &mut *context.world;
    let requests = &world.ledger.whmcs.cancel_requests;
    let page = Page::cut(&world.config, context.params, Some(requests.len()), requests);
    let mut answer = fields(json!({
        "totalresults": page.total.to_string(),
        "startnumber": page.start.to_string(),
        "numreturned": page.rows.len().to_string(),
    }));
    let rows: Vec<Value> = page
        .rows
        .iter()
        .map(|request| {
            json!({
                "id": request.id.to_string(),
                "date": moment(Some(request.at)),
                "relid": request.service_id.to_string(),
                "reason": request.reason,
                "type": request.kind.label(),
                "created_at": moment(None),
                "updated_at": moment(None),
            })
        })
        .collect();
    put_list(&mut world.config, &mut answer, "packages", Some("package"), rows);
    Ok(answer)
}
