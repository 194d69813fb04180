//! `POST /_control/invoices`, `/invoices/{id}/pay`, `/services`.

use actix_web::{HttpResponse, web};
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use serde_json::json;

use super::refused;
use crate::ledger::invoice::InvoiceStatus;
use crate::ledger::whmcs::{Billing, Cycle, PayError, ServiceStatus, item};
use crate::money::Money;
use crate::seed::billing::{InvoicePlan, ServicePlan, invoice, service};
use crate::seed::bulk;
use crate::world::Shared;

/// Most invoices made at once.
const MOST: u32 = 200_000;

/// A date, or days from the sandbox's today.
#[derive(Deserialize)]
#[serde(untagged)]
enum Day {
    Date(NaiveDate),
    Offset(i64),
}

impl Day {
    fn on(&self, today: NaiveDate) -> NaiveDate {
        match self {
            Self::Date(date) => *date,
            Self::Offset(days) if *days < 0 => {
                today.checked_sub_days(Days::new(days.unsigned_abs())).unwrap_or(today)
            }
            Self::Offset(days) => today.checked_add_days(Days::new(days.unsigned_abs())).unwrap_or(today),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    description: String,
    amount: Money,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewInvoice {
    client_id: u64,
    status: Option<InvoiceStatus>,
    #[serde(default)]
    lines: Vec<Line>,
    /// In place of everything else: so many made-up invoices, four a day up to today.
    count: Option<u32>,
    /// Days from today or a date; 14 days when absent.
    duedate: Option<Day>,
    credit: Option<Money>,
    number: Option<String>,
}

pub async fn create_invoice(shared: web::Data<Shared>, new: web::Json<NewInvoice>) -> HttpResponse {
    let new = new.into_inner();
    let mut world = shared.world();
    let now = world.clock.local();
    let whmcs = &mut world.ledger.whmcs;
    if !whmcs.clients.contains_key(&new.client_id) {
        return refused("unknown client_id");
    }
    if let Some(count) = new.count {
        if count > MOST {
            return refused("count is at most 200000");
        }
        let id = whmcs.next_invoice_id();
        bulk::invoices(whmcs, new.client_id, count, now);
        return HttpResponse::Created().json(json!({ "id": id, "count": count }));
    }
    if new.lines.is_empty() {
        return refused("lines must not be empty");
    }
    let items =
        new.lines.into_iter().map(|line| item("", 0, crate::html::escape(&line.description), line.amount));
    let plan = InvoicePlan {
        client_id: new.client_id,
        status: new.status.unwrap_or(InvoiceStatus::Unpaid),
        date: now.date(),
        due: new.duedate.unwrap_or(Day::Offset(14)).on(now.date()),
        items: items.collect(),
        credit: new.credit.unwrap_or_default(),
        number: new.number,
        paid: Money(0),
    };
    let id = invoice(whmcs, plan, now);
    HttpResponse::Created().json(json!({ "id": id }))
}

pub async fn pay(shared: web::Data<Shared>, id: web::Path<u64>) -> HttpResponse {
    match shared.world().pay(*id, None) {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(PayError::Absent) => HttpResponse::NotFound().json(json!({ "error": "unknown invoice" })),
        Err(PayError::NotPayable) => {
            HttpResponse::Conflict().json(json!({ "error": "not payable in its status" }))
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewService {
    client_id: u64,
    status: Option<ServiceStatus>,
    name: Option<String>,
    domain: Option<String>,
    recurring: Option<Money>,
    /// Days from today or a date; 30 days when absent.
    nextduedate: Option<Day>,
    /// Its password is not UTF-8: no JSON answer that lists it succeeds.
    #[serde(default)]
    malformed: bool,
}

pub async fn create_service(shared: web::Data<Shared>, new: web::Json<NewService>) -> HttpResponse {
    let new = new.into_inner();
    let mut world = shared.world();
    let today = world.clock.local().date();
    let whmcs = &mut world.ledger.whmcs;
    if !whmcs.clients.contains_key(&new.client_id) {
        return refused("unknown client_id");
    }
    let plan = ServicePlan {
        client_id: new.client_id,
        status: new.status.unwrap_or(ServiceStatus::Active),
        name: crate::html::escape(new.name.as_deref().unwrap_or("Starter")),
        domain: new.domain.unwrap_or_default(),
        billing: Billing::Every(Cycle::Monthly),
        setup: Money(0),
        recurring: new.recurring.unwrap_or(Money(1295)),
        registered: today,
        next_due: Some(new.nextduedate.unwrap_or(Day::Offset(30)).on(today)),
    };
    let id = service(whmcs, plan);
    if let Some(service) = whmcs.services.get_mut(&id) {
        service.malformed = new.malformed;
    }
    HttpResponse::Created().json(json!({ "id": id }))
}
