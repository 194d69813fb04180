//! Salesforce records of the portal's users: Ada, Mallory and Bulk.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::people::{ADA, ADA_CLIENT, BULK, BULK_CLIENTS, MALLORY, MALLORY_CLIENT};
use crate::html::decode;
use crate::ledger::Ledger;
use crate::salesforce::write::{self, Author, Values};

/// A record; none when its fields are refused, which the tests of the demo would notice.
fn record(ledger: &mut Ledger, object: &str, values: Values, author: &Author) -> Option<String> {
    let object = ledger.salesforce.object(object)?;
    write::insert(&mut ledger.salesforce, &object, values, author).ok()
}

/// Account and contact of a client and its owner, under the keys `{client}` and `{client}-{user}`. Their ids.
pub fn account(
    ledger: &mut Ledger,
    client_id: u64,
    user_id: u64,
    now: DateTime<Utc>,
) -> Option<(String, String)> {
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
    let author = Author::portal(now);
    let account_id = record(ledger, "Account", account, &author)?;
    contact.insert("AccountId", json!(account_id));
    let contact_id = record(ledger, "Contact", contact, &author)?;
    Some((account_id, contact_id))
}

/// The account of a client.
pub fn account_of(ledger: &Ledger, client_id: u64) -> Option<String> {
    let object = ledger.salesforce.object("Account")?;
    let key = client_id.to_string();
    let mut found = ledger.salesforce.by_key(&object, "WHMCS_Client_Id__c", &key);
    found.next().map(|record| record.id.clone())
}

/// A case of an account, opened at that time.
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
    record(ledger, "Case", values, &Author::portal(at))
}

fn comment(ledger: &mut Ledger, case: &str, body: &str, published: bool, author: &Author) {
    let values: Values =
        [("ParentId", json!(case)), ("CommentBody", json!(body)), ("IsPublished", json!(published))].into();
    record(ledger, "CaseComment", values, author);
}

fn email(ledger: &mut Ledger, case: &str, body: &str, visible: bool, status: &str, author: &Author) {
    let values: Values = [
        ("ParentId", json!(case)),
        ("Subject", json!("Re: your case")),
        ("TextBody", json!(body)),
        ("FromAddress", json!("support@sandbox.example")),
        ("ToAddress", json!("ada@example.com")),
        ("IsExternallyVisible", json!(visible)),
        ("Status", json!(status)),
    ]
    .into();
    record(ledger, "EmailMessage", values, author);
}

fn file(ledger: &mut Ledger, case: &str, name: &str, content: &str, visibility: &str, author: &Author) {
    let values: Values =
        [("PathOnClient", json!(name)), ("VersionData", json!(STANDARD.encode(content)))].into();
    let Some(version) = record(ledger, "ContentVersion", values, author) else { return };
    let document = ledger.salesforce.get(&version).map(|version| version.get("ContentDocumentId").clone());
    let values: Values = [
        ("ContentDocumentId", document.unwrap_or(Value::Null)),
        ("LinkedEntityId", json!(case)),
        ("ShareType", json!("V")),
        ("Visibility", json!(visibility)),
    ]
    .into();
    record(ledger, "ContentDocumentLink", values, author);
}

fn change(ledger: &mut Ledger, case: &str, field: &'static str, value: &str, at: DateTime<Utc>) {
    let Some(object) = ledger.salesforce.object("Case") else { return };
    let values: Values = [(field, json!(value))].into();
    // The case was made just before, so the change cannot be refused.
    let _ = write::update(&mut ledger.salesforce, &object, case, values, &Author::agent(at));
}

/// Ada has three open cases and two closed ones, with answers, notes, mails and files; Mallory has one open.
pub fn add(ledger: &mut Ledger, now: DateTime<Utc>) {
    let ada = account(ledger, ADA_CLIENT, ADA, now);
    let mallory = account(ledger, MALLORY_CLIENT, MALLORY, now);
    for client_id in BULK_CLIENTS {
        account(ledger, client_id, BULK, now);
    }
    let mut open = |owner: &Option<(String, String)>, days: i64, subject: &str, status: &str| {
        let (account, _) = owner.as_ref()?;
        case(ledger, account, subject, status, now - TimeDelta::days(days))
    };
    let reboots = open(&ada, 90, "Router reboots at night", "New");
    open(&ada, 40, "Invoice address is wrong", "Closed");
    let bigger = open(&ada, 9, "Move lovelace.example to a bigger plan", "Working");
    let stranger = open(&mallory, 7, "Mallory's own question", "New");
    open(&ada, 5, "Backups & restores: how long are they kept?", "Escalated");
    open(&ada, 1, "Cannot reach the control panel", "New");
    if let Some(case) = reboots {
        talk(ledger, &case, now - TimeDelta::days(90));
    }
    if let Some(case) = bigger {
        let at = now - TimeDelta::days(8);
        comment(ledger, &case, "Which size would you like?", true, &Author::agent(at));
        comment(ledger, &case, "The medium one, please.", true, &Author::portal(at + TimeDelta::hours(3)));
        comment(ledger, &case, "Check the discount first.", false, &Author::agent(at + TimeDelta::hours(4)));
    }
    if let Some(case) = stranger {
        let agent = Author::agent(now - TimeDelta::days(6));
        comment(ledger, &case, "An answer to Mallory.", true, &agent);
        file(ledger, &case, "mallory.txt", "Mallory's file", "AllUsers", &agent);
    }
    ledger.salesforce.settle();
}

/// A case from the first question to the end.
fn talk(ledger: &mut Ledger, case: &str, start: DateTime<Utc>) {
    let hours = |hours: i64| start + TimeDelta::hours(hours);
    file(ledger, case, "router.log", "00:00 reboot\n03:10 reboot\n", "AllUsers", &Author::portal(hours(0)));
    change(ledger, case, "Status", "Working", hours(2));
    comment(ledger, case, "We are looking into it.", true, &Author::agent(hours(2)));
    comment(ledger, case, "Old firmware, as always.", false, &Author::agent(hours(3)));
    email(ledger, case, "Please try the firmware of the attached mail.", true, "3", &Author::agent(hours(5)));
    email(ledger, case, "Draft: how about a refund?", false, "5", &Author::agent(hours(6)));
    file(ledger, case, "notes.txt", "internal notes", "InternalUsers", &Author::agent(hours(6)));
    change(ledger, case, "Priority", "Low", hours(7));
    comment(ledger, case, "That helped, thank you!", true, &Author::portal(hours(30)));
    change(ledger, case, "Status", "Closed", hours(31));
}
