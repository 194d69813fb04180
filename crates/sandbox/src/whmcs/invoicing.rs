//! Making invoices, and the hook points and mail that go with one.

use chrono::{NaiveDate, NaiveDateTime};

use super::{mail, payment};
use crate::ledger::invoice::{Invoice, InvoiceStatus, Item};
use crate::world::World;

/// An invoice to make.
pub struct NewInvoice {
    pub client_id: u64,
    pub status: InvoiceStatus,
    pub date: NaiveDate,
    pub due: NaiveDate,
    pub items: Vec<Item>,
    pub gateway: &'static str,
    /// In thousandths of a percent.
    pub tax_rate: i64,
    pub notes: String,
}

/// The number of an invoice that has left `Draft`.
pub fn number(id: u64) -> String {
    format!("INV-{id:05}")
}

/// Stores the invoice; `InvoiceCreation` runs, at which point it is not final.
pub fn create(world: &mut World, new: NewInvoice, now: NaiveDateTime) -> u64 {
    let whmcs = &mut world.ledger.whmcs;
    let id = whmcs.next_invoice_id();
    whmcs.add_invoice(Invoice {
        id,
        client_id: new.client_id,
        number: if new.status == InvoiceStatus::Draft { String::new() } else { number(id) },
        date: new.date,
        due: new.due,
        paid_at: None,
        refunded_at: None,
        cancelled_at: None,
        items: new.items,
        credit: crate::money::Money(0),
        tax_rate: new.tax_rate,
        status: new.status,
        gateway: new.gateway,
        notes: new.notes,
        created_at: now,
        updated_at: now,
        transactions: Vec::new(),
    });
    let ids = payment::ids(world, id);
    world.hooks.fire("InvoiceCreation", ids);
    id
}

/// The invoice can be seen from now on: its mail, if wanted, then `InvoiceCreated`.
pub fn release(world: &mut World, invoice_id: u64, send: bool) {
    let ids = payment::ids(world, invoice_id);
    if send {
        world.hooks.fire("InvoiceCreationPreEmail", ids.clone());
        if let Some(invoice) = world.ledger.whmcs.invoices.get(&invoice_id) {
            let (client_id, number) = (invoice.client_id, invoice.number.clone());
            let text = format!("Invoice #{number} of {} is due on {}.", invoice.balance(), invoice.due);
            mail::to_client(world, client_id, "Customer Invoice", &text);
        }
    }
    world.hooks.fire("InvoiceCreated", ids);
}
