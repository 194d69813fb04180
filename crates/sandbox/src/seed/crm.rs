//! Salesforce records of the portal's users: Ada, Mallory and Bulk.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::people::{ADA, ADA_CLIENT, BULK, BULK_CLIENTS, MALLORY, MALLORY_CLIENT};
use crate::html::decode;
use crate::ledger::Ledger;
use crate::salesforce::schema;
use crate::salesforce::write::{self, Values};

/// Account and contact of a client and its owner, under the keys `{client}` and `{client}-{user}`. The account's id.
pub fn account(ledger: &mut Ledger, client_id: u64, user_id: u64, now: DateTime<Utc>) -> Option<String> {
    let client = ledger.whmcs.clients.get(&client_id)?;
    let name = if client.company.is_empty() { &client.last_name } else { &client.company };
    let account: Values =
        [("Name", json!(decode(name))), ("WHMCS_Client_Id__c", json!(client_id.to_string()))].into();
    let mut contact: Values = [
        ("FirstName", json!(decode(&client.first_name))),
        ("LastName", json!(decode(&client.last_name))),
        ("Email", json!(client.email)),
        ("WHMCS_Contact_Id__c", json!(format!("{client_id}-{user_id}"))),
    ]
    .into();
    let store = &mut ledger.salesforce;
    let account_id = write::insert(store, schema::object("Account")?, account, now).ok()?;
    contact.insert("AccountId", json!(account_id));
    write::insert(store, schema::object("Contact")?, contact, now).ok()?;
    Some(account_id)
}

/// A case of an account, `age` before now.
pub fn case(
    ledger: &mut Ledger,
    account_id: &str,
    subject: &str,
    status: &str,
    at: DateTime<Utc>,
) -> Option<String> {
    let values: Values = [
        ("AccountId", json!(account_id)),
        ("Subject", json!(subject)),
        ("Status", json!(status)),
        ("Priority", json!("Medium")),
        ("Origin", json!("Web")),
        ("Type", json!("Other")),
    ]
    .into();
    write::insert(&mut ledger.salesforce, schema::object("Case")?, values, at).ok()
}

/// Ada has three open cases and two closed ones, Mallory one open.
pub fn add(ledger: &mut Ledger, now: DateTime<Utc>) {
    let ada = account(ledger, ADA_CLIENT, ADA, now);
    let mallory = account(ledger, MALLORY_CLIENT, MALLORY, now);
    for client_id in BULK_CLIENTS {
        account(ledger, client_id, BULK, now);
    }
    let cases = [
        (&ada, 90, "Router reboots at night", "Closed"),
        (&ada, 40, "Invoice address is wrong", "Closed"),
        (&ada, 9, "Move lovelace.example to a bigger plan", "Working"),
        (&mallory, 7, "Mallory's own question", "New"),
        (&ada, 5, "Backups & restores: how long are they kept?", "Escalated"),
        (&ada, 1, "Cannot reach the control panel", "New"),
    ];
    for (account, days, subject, status) in cases {
        if let Some(account) = account {
            case(ledger, account, subject, status, now - TimeDelta::days(days));
        }
    }
}
