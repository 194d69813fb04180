//! WHMCS's tables: users (logins), clients (billable parties), invoices, services, currencies.
//! Text is stored entity-encoded, as WHMCS stores it. Invoices are in [`super::invoice`].

use std::collections::{BTreeMap, HashMap};

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::invoice::{Invoice, InvoiceStatus, Item, Transaction};
use crate::money::Money;

/// The gateway every simulated payment goes through.
pub const GATEWAY: &str = "paypalcheckout";

#[derive(Debug, Clone, Serialize)]
pub struct Currency {
    pub id: u64,
    pub code: &'static str,
    pub prefix: &'static str,
    pub suffix: &'static str,
    pub format: &'static str,
    pub rate: &'static str,
}

/// A login. Owns or may see clients.
#[derive(Debug, Clone, Serialize)]
pub struct User {
    pub id: u64,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    #[serde(skip)]
    pub password: String,
    pub two_factor: bool,
    pub created_at: NaiveDateTime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientStatus {
    Active,
    Inactive,
    Closed,
}

impl ClientStatus {
    pub fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Inactive => "Inactive",
            Self::Closed => "Closed",
        }
    }
}

/// A billable party.
#[derive(Debug, Clone, Serialize)]
pub struct Client {
    pub id: u64,
    pub owner_user_id: u64,
    /// Users other than the owner who may see this client.
    pub members: Vec<u64>,
    pub uuid: Uuid,
    pub first_name: String,
    pub last_name: String,
    pub company: String,
    pub email: String,
    pub address1: String,
    pub address2: String,
    pub city: String,
    pub state: String,
    pub postcode: String,
    pub country: String,
    pub phone: String,
    pub tax_id: String,
    pub language: String,
    pub notes: String,
    pub currency: u64,
    pub group: u64,
    pub credit: Money,
    pub status: ClientStatus,
    pub allow_sso: bool,
    pub marketing: bool,
    pub created_at: NaiveDateTime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServiceStatus {
    Pending,
    Active,
    Completed,
    Suspended,
    Terminated,
    Cancelled,
    Fraud,
}

impl ServiceStatus {
    pub const ALL: [Self; 7] = [
        Self::Active,
        Self::Pending,
        Self::Completed,
        Self::Suspended,
        Self::Terminated,
        Self::Cancelled,
        Self::Fraud,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Active => "Active",
            Self::Completed => "Completed",
            Self::Suspended => "Suspended",
            Self::Terminated => "Terminated",
            Self::Cancelled => "Cancelled",
            Self::Fraud => "Fraud",
        }
    }
}

/// A product or service that a client has.
#[derive(Debug, Clone, Serialize)]
pub struct Service {
    pub id: u64,
    pub client_id: u64,
    pub order_id: u64,
    /// Some rows of the official sample have no order number; neither do some of ours.
    pub order_number: Option<String>,
    pub pid: u64,
    pub registered: NaiveDate,
    pub name: String,
    pub group: String,
    pub domain: String,
    pub first_payment: Money,
    pub recurring: Money,
    pub cycle: String,
    /// `None` for one-time and free services, printed `0000-00-00`.
    pub next_due: Option<NaiveDate>,
    pub status: ServiceStatus,
    pub suspension_reason: &'static str,
}

/// The tables and their counters.
#[derive(Debug, Default, Serialize)]
pub struct Whmcs {
    pub currencies: Vec<Currency>,
    pub users: BTreeMap<u64, User>,
    pub clients: BTreeMap<u64, Client>,
    pub invoices: BTreeMap<u64, Invoice>,
    pub services: BTreeMap<u64, Service>,
    #[serde(skip)]
    invoices_by_client: HashMap<u64, Vec<u64>>,
    #[serde(skip)]
    services_by_client: HashMap<u64, Vec<u64>>,
    last_item: u64,
    last_transaction: u64,
}

/// Why an invoice could not be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayError {
    Absent,
    NotPayable,
}

fn next_id<T>(table: &BTreeMap<u64, T>) -> u64 {
    table.last_key_value().map_or(1, |(id, _)| id + 1)
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
        next_id(&self.services)
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
        let id = invoice.id;
        self.invoices_by_client.entry(invoice.client_id).or_default().push(id);
        self.invoices.insert(id, invoice);
        id
    }

    pub fn add_service(&mut self, service: Service) -> u64 {
        let id = service.id;
        self.services_by_client.entry(service.client_id).or_default().push(id);
        self.services.insert(id, service);
        id
    }

    /// The invoices of one client, or of everybody, by id.
    pub fn invoices_of(&self, client_id: Option<u64>) -> Vec<&Invoice> {
        match client_id {
            None => self.invoices.values().collect(),
            Some(id) => self
                .invoices_by_client
                .get(&id)
                .into_iter()
                .flatten()
                .filter_map(|id| self.invoices.get(id))
                .collect(),
        }
    }

    /// The services of one client, or of everybody, by id.
    pub fn services_of(&self, client_id: Option<u64>) -> Vec<&Service> {
        match client_id {
            None => self.services.values().collect(),
            Some(id) => self
                .services_by_client
                .get(&id)
                .into_iter()
                .flatten()
                .filter_map(|id| self.services.get(id))
                .collect(),
        }
    }

    /// Records money for an invoice without touching its status.
    pub fn record(&mut self, invoice_id: u64, at: NaiveDateTime, amount_in: Money, amount_out: Money) {
        self.last_transaction += 1;
        let id = self.last_transaction;
        if let Some(invoice) = self.invoices.get_mut(&invoice_id) {
            let refund = amount_out > Money(0);
            invoice.transactions.push(Transaction {
                id,
                gateway: GATEWAY,
                date: at,
                description: if refund { "Refund of Transaction" } else { "Invoice Payment" },
                amount_in,
                amount_out,
                fees: Money(0),
                transid: format!("SANDBOX-{id:06}"),
            });
        }
    }

    /// Pays the whole balance: transaction, `Paid`, date of payment.
    pub fn pay(&mut self, invoice_id: u64, at: NaiveDateTime) -> Result<(), PayError> {
        let invoice = self.invoices.get(&invoice_id).ok_or(PayError::Absent)?;
        if !invoice.status.payable() {
            return Err(PayError::NotPayable);
        }
        let balance = invoice.balance();
        self.record(invoice_id, at, balance, Money(0));
        if let Some(invoice) = self.invoices.get_mut(&invoice_id) {
            invoice.status = InvoiceStatus::Paid;
            invoice.paid_at = Some(at);
            invoice.updated_at = at;
        }
        Ok(())
    }
}

/// A line to be numbered by [`Whmcs::add_invoice`].
pub fn item(kind: &'static str, relid: u64, description: String, amount: Money) -> Item {
    Item { id: 0, kind, relid, description, amount, taxed: false }
}
