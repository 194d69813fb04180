//! `UpdateInvoice`: lines by id, status, dates. From 9.0 only drafts can be changed.

use serde_json::json;

use super::create_invoice::{day, rate};
use super::get_invoices::invoice_of;
use crate::config::{Immutability, Silence, Version};
use crate::ledger::invoice::{Invoice, InvoiceStatus, Item};
use crate::ledger::whmcs::item;
use crate::whmcs::wire::{fields, stored};
use crate::whmcs::{Context, Fields, Params, Refusal, invoicing, payment};
use crate::world::World;

const MISSING: &str =
    "Missing Variables: itemdescription, itemamount and itemtaxed are required for each item being changed";

pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let params = context.params;
    let now = context.world.clock.local();
    let whmcs = &context.world.ledger.whmcs;
    let invoice = invoice_of(whmcs, params)?;
    let (id, before) = (invoice.id, invoice.status);
    let publish = params.flag("publish") || params.flag("publishandsendemail");
    if publish && before != InvoiceStatus::Draft {
        return Err("Invoice must be in Draft status to be published".into());
    }
    immutable(context, before)?;
    let asked = params.text("status");
    let wanted = InvoiceStatus::ALL.into_iter().find(|known| known.label().eq_ignore_ascii_case(asked));
    if !asked.is_empty() && wanted.is_none() {
        return Err(Refusal(format!("Invalid status {asked}")));
    }
    let changes = changes(params)?;
    let gateway = whmcs.catalog.gateway(params.text("paymentmethod"));
    let world = &mut *context.world;
    if let Some(invoice) = world.ledger.whmcs.invoices.get_mut(&id) {
        let deleted = listed(params, "deletelineids");
        invoice.items.retain(|line| !deleted.contains(&line.id));
        for change in changes {
            if let Some(line) = invoice.items.iter_mut().find(|line| line.id == change.id) {
                (line.description, line.amount, line.taxed) =
                    (change.description, change.amount, change.taxed);
            }
        }
        header(invoice, params);
        invoice.gateway = gateway.unwrap_or(invoice.gateway);
        invoice.updated_at = now;
        if let Some(status) = wanted {
            invoice.status = status;
            match status {
                InvoiceStatus::Paid => invoice.paid_at = Some(now),
                InvoiceStatus::Cancelled => invoice.cancelled_at = Some(now),
                InvoiceStatus::Refunded => invoice.refunded_at = Some(now),
                _ => {}
            }
        }
        if publish {
            invoice.status = InvoiceStatus::Unpaid;
            invoice.number = invoicing::number(id);
        }
    }
    world.ledger.whmcs.add_items(id, new_lines(params));
    if publish {
        invoicing::release(world, id, params.flag("publishandsendemail"));
    }
    announce(world, id, before, wanted, gateway.is_some());
    Ok(fields(json!({ "invoiceid": id })))
}

fn immutable(context: &Context<'_>, status: InvoiceStatus) -> Result<(), Refusal> {
    if context.world.config.version < Version::V9_0 || status == InvoiceStatus::Draft {
        return Ok(());
    }
    match context.world.config.immutability {
        Immutability::Off => Ok(()),
        Immutability::ShortText => Err("Invoice is immutable".into()),
        Immutability::AdminText => {
            let label = status.label();
            let article = if label == "Unpaid" { "an" } else { "a" };
            Err(Refusal(format!(
                "This is {article} {label} Invoice. You cannot modify an Invoice that is {label}."
            )))
        }
    }
}

/// The lines that change: all three columns must come for each.
fn changes(params: &Params) -> Result<Vec<Item>, Refusal> {
    let names = ["itemdescription", "itemamount", "itemtaxed"];
    let mut ids: Vec<&str> = names
        .iter()
        .filter_map(|name| params.array(name))
        .flat_map(|array| array.iter().map(|(key, _)| key))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter()
        .map(|key| {
            let whole = names.iter().all(|name| params.array(name).is_some_and(|a| a.get(key).is_some()));
            let line = read(params, names, key).filter(|_| whole);
            let id = key.parse().ok();
            line.zip(id).map(|(line, id)| Item { id, ..line }).ok_or_else(|| MISSING.into())
        })
        .collect()
}

/// `newitemdescription[]` and its companions.
fn new_lines(params: &Params) -> Vec<Item> {
    let names = ["newitemdescription", "newitemamount", "newitemtaxed"];
    let Some(amounts) = params.array("newitemamount") else { return Vec::new() };
    amounts.iter().filter_map(|(key, _)| read(params, names, key)).collect()
}

fn read(params: &Params, names: [&str; 3], key: &str) -> Option<Item> {
    let [text, amount, taxed] = names.map(|name| params.array(name).map_or("", |array| array.text(key)));
    let mut line = item("", 0, stored(text), amount.parse().ok()?);
    line.taxed = !matches!(taxed, "" | "0");
    Some(line)
}

fn listed(params: &Params, name: &str) -> Vec<u64> {
    params.array(name).map_or_else(Vec::new, |array| {
        array.iter().filter_map(|(key, _)| array.text(key).parse().ok()).collect()
    })
}

fn header(invoice: &mut Invoice, params: &Params) {
    invoice.date = day(params, "date").unwrap_or(invoice.date);
    invoice.due = day(params, "duedate").unwrap_or(invoice.due);
    invoice.tax_rate = rate(params.text("taxrate")).unwrap_or(invoice.tax_rate);
    if params.sent("notes") {
        invoice.notes = stored(params.text("notes"));
    }
    if params.given("invoicenum") {
        invoice.number = stored(params.text("invoicenum"));
    }
    if let Ok(credit) = params.text("credit").parse() {
        invoice.credit = credit;
    }
}

/// A status set over the API was reported to run no hook point; a change of gateway has its own.
fn announce(world: &mut World, id: u64, before: InvoiceStatus, set: Option<InvoiceStatus>, gateway: bool) {
    let ids = payment::ids(world, id);
    world.hooks.fire("UpdateInvoiceTotal", ids.clone());
    if gateway {
        world.hooks.fire("InvoiceChangeGateway", ids.clone());
    }
    if world.config.update_invoice_hooks == Silence::Silent || set == Some(before) {
        return;
    }
    match set {
        Some(InvoiceStatus::Paid) => payment::paid(world, id),
        Some(InvoiceStatus::Unpaid) => world.hooks.fire("InvoiceUnpaid", ids),
        Some(InvoiceStatus::Refunded) => world.hooks.fire("InvoiceRefunded", ids),
        Some(InvoiceStatus::Cancelled) => world.hooks.fire("InvoiceCancelled", ids),
        _ => {}
    }
}
