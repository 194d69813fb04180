//! The ledger in tables, a page of rows at a time, newest first.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::frame::{Frame, Place, table};
use crate::html::{decode, escape};
use crate::ledger::Ledger;
use crate::world::Shared;

/// Rows on a page.
const PAGE: usize = 50;

/// A table of the ledger. A new one is one line here.
struct Table {
    name: &'static str,
    /// Member of a row and the column's title; `.` goes into an object.
    columns: &'static [(&'static str, &'static str)],
    /// How many rows there are, and those after `from`, newest first.
    rows: fn(&Ledger, usize) -> (usize, Vec<Value>),
}

const TABLES: &[Table] = &[
    Table {
        name: "clients",
        columns: &[
            ("id", "Id"),
            ("company", "Company"),
            ("first_name", "First name"),
            ("last_name", "Last name"),
            ("email", "E-mail"),
            ("owner_user_id", "Owner"),
            ("members", "Members"),
            ("currency", "Currency"),
            ("credit", "Credit"),
            ("status", "Status"),
            ("allow_sso", "SSO"),
        ],
        rows: |ledger, from| rows(&ledger.whmcs.clients, from),
    },
    Table {
        name: "users",
        columns: &[
            ("id", "Id"),
            ("first_name", "First name"),
            ("last_name", "Last name"),
            ("email", "E-mail"),
            ("two_factor", "Two-factor"),
        ],
        rows: |ledger, from| rows(&ledger.whmcs.users, from),
    },
    Table {
        name: "invoices",
        columns: &[
            ("id", "Id"),
            ("number", "Number"),
            ("client_id", "Client"),
            ("status", "Status"),
            ("date", "Date"),
            ("due", "Due"),
            ("gross", "Total"),
            ("credit", "Credit"),
            ("balance", "Balance"),
            ("items", "Lines"),
        ],
        rows: |ledger, from| {
            let (total, mut found) = rows(&ledger.whmcs.invoices, from);
            for row in &mut found {
                let invoice = row["id"].as_u64().and_then(|id| ledger.whmcs.invoices.get(&id));
                if let Some(invoice) = invoice {
                    row["gross"] = json!(invoice.gross());
                    row["balance"] = json!(invoice.balance());
                }
            }
            (total, found)
        },
    },
    Table {
        name: "services",
        columns: &[
            ("id", "Id"),
            ("client_id", "Client"),
            ("name", "Name"),
            ("domain", "Domain"),
            ("status", "Status"),
            ("cycle", "Cycle"),
            ("recurring", "Price"),
            ("next_due", "Next due"),
        ],
        rows: |ledger, from| rows(&ledger.whmcs.services, from),
    },
    Table {
        name: "currencies",
        columns: &[
            ("id", "Id"),
            ("code", "Code"),
            ("prefix", "Prefix"),
            ("suffix", "Suffix"),
            ("rate", "Rate"),
        ],
        rows: |ledger, from| cut(ledger.whmcs.currencies.iter(), from),
    },
    Table {
        name: "accounts",
        columns: &[("id", "Id"), ("fields.Name", "Name"), ("fields.WHMCS_Client_Id__c", "Client")],
        rows: |ledger, from| records(ledger, "Account", from),
    },
    Table {
        name: "contacts",
        columns: &[
            ("id", "Id"),
            ("fields.Name", "Name"),
            ("fields.Email", "E-mail"),
            ("fields.AccountId", "Account"),
        ],
        rows: |ledger, from| records(ledger, "Contact", from),
    },
    Table {
        name: "cases",
        columns: &[
            ("fields.CaseNumber", "Number"),
            ("fields.Subject", "Subject"),
            ("fields.Status", "Status"),
            ("fields.Priority", "Priority"),
            ("fields.AccountId", "Account"),
            ("fields.CreatedDate", "Created"),
        ],
        rows: |ledger, from| records(ledger, "Case", from),
    },
    Table {
        name: "mail",
        columns: &[
            ("id", "Id"),
            ("received_at", "Received"),
            ("from", "From"),
            ("to", "To"),
            ("subject", "Subject"),
        ],
        rows: |ledger, from| cut(ledger.mail.messages.iter(), from),
    },
];

fn rows<T: Serialize>(table: &BTreeMap<u64, T>, from: usize) -> (usize, Vec<Value>) {
    cut(table.values(), from)
}

fn cut<'a, T: Serialize + 'a>(
    all: impl DoubleEndedIterator<Item = &'a T> + ExactSizeIterator,
    from: usize,
) -> (usize, Vec<Value>) {
    let total = all.len();
    (total, all.rev().skip(from).take(PAGE).filter_map(|row| serde_json::to_value(row).ok()).collect())
}

fn records(ledger: &Ledger, object: &str, from: usize) -> (usize, Vec<Value>) {
    let Some(object) = ledger.salesforce.object(object) else { return (0, Vec::new()) };
    let all: Vec<_> = ledger.salesforce.all(&object).collect();
    let page = all.iter().rev().skip(from).take(PAGE);
    (all.len(), page.filter_map(|record| serde_json::to_value(record).ok()).collect())
}

#[derive(Deserialize)]
pub struct From {
    #[serde(default)]
    from: usize,
}

pub async fn page(
    shared: web::Data<Shared>,
    name: Option<web::Path<String>>,
    from: web::Query<From>,
) -> HttpResponse {
    let wanted = name.map(web::Path::into_inner);
    let wanted = wanted.as_deref().unwrap_or("clients");
    let Some(chosen) = TABLES.iter().find(|table| table.name == wanted) else {
        return Frame::new(Place::Ledger).refused("There is no such table.");
    };
    let world = shared.world();
    let (total, found) = (chosen.rows)(&world.ledger, from.from);
    drop(world);
    let mut main = String::from("<h1>Ledger</h1><nav class=\"tabs\" aria-label=\"Tables\">");
    for Table { name, .. } in TABLES {
        let current = if *name == chosen.name { " aria-current=\"page\"" } else { "" };
        // Writing to a `String` cannot fail.
        let _ = write!(main, "<a href=\"/_sandbox/ledger/{name}\"{current}>{name}</a>");
    }
    main.push_str("</nav>");
    let titles: Vec<&str> = chosen.columns.iter().map(|(_, title)| *title).collect();
    let shown = found.len();
    let cells = found.iter().map(|row| {
        chosen
            .columns
            .iter()
            .map(|(path, _)| cell(row.pointer(&format!("/{}", path.replace('.', "/")))))
            .collect()
    });
    main.push_str(&table(chosen.name, &titles, cells));
    main.push_str(&pager(chosen.name, from.from, shown, total));
    Frame::new(Place::Ledger).answer(&main)
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "<span class=\"soft\">–</span>".to_owned(),
        Some(Value::Bool(flag)) => if *flag { "yes" } else { "no" }.to_owned(),
        // Stored encoded, as WHMCS stores it.
        Some(Value::String(text)) => escape(&decode(text)),
        Some(Value::Array(items)) if items.iter().any(Value::is_object) => items.len().to_string(),
        Some(Value::Array(items)) => items.iter().map(|item| cell(Some(item))).collect::<Vec<_>>().join(", "),
        Some(other) => escape(&other.to_string()),
    }
}

fn pager(name: &str, from: usize, shown: usize, total: usize) -> String {
    if shown == 0 {
        return String::new();
    }
    let link = |to: usize, label: &str| format!("<a href=\"/_sandbox/ledger/{name}?from={to}\">{label}</a>");
    let newer = if from > 0 { link(from.saturating_sub(PAGE), "Newer") } else { String::new() };
    let older = if from + shown < total { link(from + PAGE, "Older") } else { String::new() };
    format!("<p class=\"pager\">{newer}<span>{} to {} of {total}</span>{older}</p>", from + 1, from + shown)
}
