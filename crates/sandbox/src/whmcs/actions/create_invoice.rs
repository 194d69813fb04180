//! `CreateInvoice`: lines with numbers as suffixes, optionally as a draft, optionally paid from credit.

use chrono::NaiveDate;
use serde_json::json;

use crate::config::CreatedStatus;
use crate::ledger::invoice::{InvoiceStatus, Item};
use crate::ledger::whmcs::{GATEWAY, item};
use crate::money::Money;
use crate::whmcs::invoicing::{self, NewInvoice};
use crate::whmcs::wire::{fields, stored};
use crate::whmcs::{Context, Fields, Params, Refusal, payment};

pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let params = context.params;
    let now = context.world.clock.local();
    let whmcs = &context.world.ledger.whmcs;
    let client_id = params.number("userid").unwrap_or(0);
    if !whmcs.clients.contains_key(&client_id) {
        return Err("Client ID Not Found".into());
    }
    let draft = params.flag("draft") || params.text("status").eq_ignore_ascii_case("Draft");
    let send = params.flag("sendinvoice");
    if draft && send {
        return Err(
            "Cannot create and send a draft invoice in a single API request. Please create and send separately."
                .into(),
        );
    }
    let asked = params.text("status");
    let status = InvoiceStatus::ALL.into_iter().find(|known| known.label().eq_ignore_ascii_case(asked));
    let status = if draft { InvoiceStatus::Draft } else { status.unwrap_or(InvoiceStatus::Unpaid) };
    let new = NewInvoice {
        client_id,
        status,
        date: day(params, "date").unwrap_or(now.date()),
        due: day(params, "duedate").unwrap_or(now.date()),
        items: lines(params),
        gateway: whmcs.catalog.gateway(params.text("paymentmethod")).unwrap_or(GATEWAY),
        tax_rate: rate(params.text("taxrate")).unwrap_or(0),
        notes: stored(params.text("notes")),
    };
    let world = &mut *context.world;
    let id = invoicing::create(world, new, now);
    if !draft {
        invoicing::release(world, id, send);
    }
    let stale = status.label();
    if params.flag("autoapplycredit") && status == InvoiceStatus::Unpaid {
        payment::apply_credit(world, id, now);
    }
    let fresh = world.ledger.whmcs.invoices.get(&id).map_or(stale, |invoice| invoice.status.label());
    let said = match world.config.created_status {
        CreatedStatus::Stale => stale,
        CreatedStatus::Fresh => fresh,
    };
    Ok(fields(json!({ "invoiceid": id, "status": said })))
}

/// A date parameter.
pub fn day(params: &Params, name: &str) -> Option<NaiveDate> {
    params.text(name).parse().ok()
}

/// A tax rate in percent, in thousandths.
pub fn rate(text: &str) -> Option<i64> {
    // An amount has two decimals, a rate three; the third is dropped.
    let short = text.split_once('.').map_or(text.to_owned(), |(whole, part)| {
        format!("{whole}.{}", part.chars().take(2).collect::<String>())
    });
    short.parse::<Money>().ok().map(|hundredths| hundredths.0 * 10)
}

/// `itemdescription1`, `itemamount1`, `itemtaxed1`, and so on, by number.
fn lines(params: &Params) -> Vec<Item> {
    let mut numbers: Vec<u64> = params
        .iter()
        .filter_map(|(name, _)| name.strip_prefix("itemamount").and_then(|number| number.parse().ok()))
        .collect();
    numbers.sort_unstable();
    numbers
        .into_iter()
        .map(|number| {
            let amount = params.text(&format!("itemamount{number}")).parse().unwrap_or_default();
            let text = stored(params.text(&format!("itemdescription{number}")));
            let mut line = item("", 0, text, amount);
            line.taxed = params.flag(&format!("itemtaxed{number}"));
            line
        })
        .collect()
}
