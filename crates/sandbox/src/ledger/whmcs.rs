//! WHMCS's tables and their counters. Text is stored entity-encoded, as WHMCS stores it. Invoices are in [`super::invoice`].

pub mod catalog;
mod credit;
mod order;
mod payment;
mod people;
pub mod promotion;
mod rows;
mod service;

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDateTime;
use serde::Serialize;

use super::invoice::{Invoice, Item};
use crate::money::Money;

pub use catalog::{Billing, Catalog, Cycle, PayType, Product};
pub use credit::{Activity, Credit, PayMethod, PayMethodType};
pub use order::{Line, Order, OrderStatus};
pub use payment::{PayError, Payment};
pub use people::{Client, ClientStatus, Currency, EMAIL_PREFERENCES, Flags, PERMISSIONS, User};
use rows::{Rows, rows_of};
pub use service::{CancelRequest, CancelType, Change, Service, ServiceOption, ServiceStatus, Upgrade};

/// The gateway every simulated payment goes through.
pub const GATEWAY: &str = "paypalcheckout";

/// The tables and their counters.
#[derive(Debug, Default, Serialize)]
pub struct Whmcs {
    pub currencies: Vec<Currency>,
    pub users: BTreeMap<u64, User>,
    pub clients: BTreeMap<u64, Client>,
    pub invoices: BTreeMap<u64, Invoice>,
    pub services: BTreeMap<u64, Service>,
    pub orders: BTreeMap<u64, Order>,
    pub upgrades: BTreeMap<u64, Upgrade>,
    pub catalog: Catalog,
    pub credits: Vec<Credit>,
    pub pay_methods: Vec<PayMethod>,
    pub cancel_requests: Vec<CancelRequest>,
    pub activity: Vec<Activity>,
    /// Failed logins over the API, by the caller's address.
    pub failed_logins: BTreeMap<String, u32>,
    #[serde(skip)]
    invoices_by_client: HashMap<u64, Vec<u64>>,
    #[serde(skip)]
    services_by_client: HashMap<u64, Vec<u64>>,
    #[serde(skip)]
    orders_by_client: HashMap<u64, Vec<u64>>,
    /// The order whose first invoice it is.
    #[serde(skip)]
    order_by_invoice: HashMap<u64, u64>,
    last_item: u64,
    last_transaction: u64,
    last_service: u64,
    last_order: u64,
}

fn next_id<T>(table: &BTreeMap<u64, T>) -> u64 {
    table.last_key_value().map_or(1, |(id, _)| id + 1)
}

/// The next id of a table whose rows are never removed.
fn next_row<T>(table: &[T]) -> u64 {
    u64::try_from(table.len()).unwrap_or(u64::MAX).saturating_add(1)
}

impl Whmcs {
    pub fn next_user_id(&self) -> u64 {
        next_id(&self.users)
    }

    pub fn next_client_id(&self) -> u64 {
        next_id(&self.clients)
    }

    pub fn next_invoice_id(&self) -> u64 {
        next_id(&self.invoices)
    }

    pub fn next_service_id(&self) -> u64 {
        // The ids of deleted rows are not given again.
        self.last_service + 1
    }

    pub fn next_order_id(&self) -> u64 {
        self.last_order + 1
    }

    pub fn user_by_email(&self, email: &str) -> Option<&User> {
        self.users.values().find(|user| user.email.eq_ignore_ascii_case(email))
    }

    pub fn client_by_email(&self, email: &str) -> Option<&Client> {
        self.clients.values().find(|client| client.email.eq_ignore_ascii_case(email))
    }

    /// The clients a user owns or may see, with whether they own it, by client id.
    pub fn clients_of(&self, user_id: u64) -> impl Iterator<Item = (&Client, bool)> {
        self.clients.values().filter_map(move |client| {
            let owner = client.owner_user_id == user_id;
            (owner || client.members.contains(&user_id)).then_some((client, owner))
        })
    }

    pub fn currency_of(&self, client: &Client) -> Option<&Currency> {
        self.currencies.iter().find(|currency| currency.id == client.currency)
    }

    /// Stores an invoice and numbers its lines.
    pub fn add_invoice(&mut self, mut invoice: Invoice) -> u64 {
        for item in &mut invoice.items {
            self.last_item += 1;
            item.id = self.last_item;
        }
        invoice.items.shrink_to_fit();
        let id = invoice.id;
        self.invoices_by_client.entry(invoice.client_id).or_default().push(id);
        self.invoices.insert(id, invoice);
        id
    }

    /// Adds lines to an invoice and numbers them.
    pub fn add_items(&mut self, invoice_id: u64, items: Vec<Item>) {
        let Some(invoice) = self.invoices.get_mut(&invoice_id) else { return };
        for mut item in items {
            self.last_item += 1;
            item.id = self.last_item;
            invoice.items.push(item);
        }
    }

    pub fn add_service(&mut self, service: Service) -> u64 {
        let id = service.id;
        self.last_service = self.last_service.max(id);
        self.services_by_client.entry(service.client_id).or_default().push(id);
        self.services.insert(id, service);
        id
    }

    pub fn add_order(&mut self, order: Order) -> u64 {
        let id = order.id;
        self.last_order = self.last_order.max(id);
        self.orders_by_client.entry(order.client_id).or_default().push(id);
        if let Some(invoice) = order.invoice_id {
            self.order_by_invoice.insert(invoice, id);
        }
        self.orders.insert(id, order);
        id
    }

    /// Removes an order and the services it made.
    pub fn remove_order(&mut self, id: u64) {
        let Some(order) = self.orders.remove(&id) else { return };
        if let Some(ids) = self.orders_by_client.get_mut(&order.client_id) {
            ids.retain(|own| *own != id);
        }
        for line in order.lines.iter().filter(|line| line.kind == "product") {
            self.services.remove(&line.relid);
            if let Some(ids) = self.services_by_client.get_mut(&order.client_id) {
                ids.retain(|own| *own != line.relid);
            }
        }
    }

    /// Makes an invoice the first one of an order.
    pub fn link_order(&mut self, order_id: u64, invoice_id: u64) {
        if let Some(order) = self.orders.get_mut(&order_id) {
            order.invoice_id = Some(invoice_id);
            self.order_by_invoice.insert(invoice_id, order_id);
        }
    }

    /// The order whose first invoice this is.
    pub fn order_of_invoice(&self, invoice_id: u64) -> Option<&Order> {
        self.orders.get(self.order_by_invoice.get(&invoice_id)?)
    }

    pub fn add_upgrade(&mut self, mut upgrade: Upgrade) -> u64 {
        let id = next_id(&self.upgrades);
        upgrade.id = id;
        self.upgrades.insert(id, upgrade);
        id
    }

    /// Changes a client's credit balance, with a row that says why.
    pub fn add_credit(&mut self, client_id: u64, at: NaiveDateTime, description: String, amount: Money) {
        let Some(client) = self.clients.get_mut(&client_id) else { return };
        client.credit = client.credit + amount;
        let id = next_row(&self.credits);
        self.credits.push(Credit { id, client_id, date: at.date(), description, amount });
    }

    /// Remembers a wish to cancel; `None` when there is one for the service already.
    pub fn add_cancel_request(
        &mut self,
        service_id: u64,
        at: NaiveDateTime,
        reason: String,
        kind: CancelType,
    ) -> Option<u64> {
        if self.cancel_requests.iter().any(|request| request.service_id == service_id) {
            return None;
        }
        let id = next_row(&self.cancel_requests);
        self.cancel_requests.push(CancelRequest { id, service_id, at, reason, kind });
        Some(id)
    }

    pub fn log_activity(&mut self, client_id: u64, at: NaiveDateTime, text: String) {
        let id = next_row(&self.activity);
        self.activity.push(Activity { id, client_id, at, text });
    }

    /// The invoices of one client, or of everybody, by id.
    pub fn invoices_of(&self, client_id: Option<u64>) -> Vec<&Invoice> {
        self.invoice_rows(client_id).iter(false).collect()
    }

    /// As [`Self::invoices_of`], to be read page by page.
    pub fn invoice_rows(&self, client_id: Option<u64>) -> Rows<'_, Invoice> {
        rows_of(&self.invoices, &self.invoices_by_client, client_id)
    }

    /// The services of one client, or of everybody, by id.
    pub fn services_of(&self, client_id: Option<u64>) -> Vec<&Service> {
        self.service_rows(client_id).iter(false).collect()
    }

    /// As [`Self::services_of`], to be read page by page.
    pub fn service_rows(&self, client_id: Option<u64>) -> Rows<'_, Service> {
        rows_of(&self.services, &self.services_by_client, client_id)
    }

    /// The orders of one client, or of everybody, by id.
    pub fn order_rows(&self, client_id: Option<u64>) -> Rows<'_, Order> {
        rows_of(&self.orders, &self.orders_by_client, client_id)
    }
}

/// A line to be numbered by [`Whmcs::add_invoice`].
pub fn item(kind: &'static str, relid: u64, description: String, amount: Money) -> Item {
    Item { id: 0, kind, relid, description, amount, taxed: false }
}
