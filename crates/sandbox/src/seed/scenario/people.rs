//! Currencies, users and their clients.

use serde::Deserialize;

use super::Trouble;
use super::rows::Clients;
use crate::ledger::whmcs::{ClientStatus, Currency};
use crate::seed::crm;
use crate::seed::people::{client, user};
use crate::world::World;

/// A WHMCS user with the clients they own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    id: Option<u64>,
    email: String,
    first_name: String,
    last_name: String,
    /// The demo's password when absent.
    password: Option<String>,
    #[serde(default)]
    two_factor: bool,
    #[serde(default)]
    clients: Vec<NewClient>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewClient {
    id: Option<u64>,
    /// How the rest of the scenario calls it.
    key: Option<String>,
    #[serde(default)]
    company: String,
    /// A code; the first currency when absent.
    currency: Option<String>,
    status: Option<ClientStatus>,
    allow_sso: Option<bool>,
    /// E-mails of other people of the scenario who may see it.
    #[serde(default)]
    members: Vec<String>,
    /// Whether Salesforce has an account and a contact for it.
    #[serde(default)]
    crm: bool,
}

/// The currencies that an installation can have. Rates are for show.
const CURRENCIES: [Currency; 8] = [
    currency("USD", "$", " USD", "1.00000"),
    currency("EUR", "€", " EUR", "0.92000"),
    currency("GBP", "£", " GBP", "0.79000"),
    currency("CHF", "CHF ", "", "0.88000"),
    currency("SEK", "", " kr", "10.50000"),
    currency("AUD", "$", " AUD", "1.52000"),
    currency("CAD", "$", " CAD", "1.36000"),
    currency("INR", "₹", " INR", "83.20000"),
];

const fn currency(
    code: &'static str,
    prefix: &'static str,
    suffix: &'static str,
    rate: &'static str,
) -> Currency {
    Currency { id: 0, code, prefix, suffix, format: "1", rate }
}

/// Replaces the currencies; only before there are clients.
pub fn currencies(world: &mut World, codes: &[String]) -> Result<(), Trouble> {
    let whmcs = &mut world.ledger.whmcs;
    if !whmcs.clients.is_empty() {
        return Err(Trouble::new("currencies", "only the empty seed can have other currencies"));
    }
    let mut chosen: Vec<Currency> = Vec::new();
    for ((index, code), id) in codes.iter().enumerate().zip(1..) {
        let known = CURRENCIES.iter().find(|currency| currency.code == code);
        let known = known.filter(|currency| chosen.iter().all(|other| other.code != currency.code));
        let Some(known) = known else {
            let codes: Vec<&str> = CURRENCIES.iter().map(|currency| currency.code).collect();
            let reason = format!("each of these once: {}", codes.join(", "));
            return Err(Trouble::new(format!("currencies[{index}]"), reason));
        };
        chosen.push(Currency { id, ..known.clone() });
    }
    if chosen.is_empty() {
        return Err(Trouble::new("currencies", "there is at least one"));
    }
    whmcs.currencies = chosen;
    Ok(())
}

/// Adds the people, then lets them see each other's clients.
pub fn add(world: &mut World, people: &[Person]) -> Result<Clients, Trouble> {
    let mut clients = Clients::default();
    let mut shared = Vec::new();
    for (index, person) in people.iter().enumerate() {
        let at = format!("people[{index}]");
        let user_id = add_user(world, person, &at)?;
        for (index, new) in person.clients.iter().enumerate() {
            let at = format!("{at}.clients[{index}]");
            let id = add_client(world, user_id, new, &at)?;
            if let Some(key) = &new.key
                && clients.0.insert(key.clone(), id).is_some()
            {
                return Err(Trouble::new(format!("{at}.key"), "another client has it"));
            }
            shared.extend(
                new.members.iter().enumerate().map(|(n, email)| (format!("{at}.members[{n}]"), id, email)),
            );
        }
    }
    let whmcs = &mut world.ledger.whmcs;
    for (at, client_id, email) in shared {
        let member = whmcs.user_by_email(email).map(|user| user.id);
        let member = member.ok_or_else(|| Trouble::new(at, "no user has that e-mail"))?;
        if let Some(client) = whmcs.clients.get_mut(&client_id) {
            client.members.push(member);
        }
    }
    Ok(clients)
}

fn add_user(world: &mut World, person: &Person, at: &str) -> Result<u64, Trouble> {
    let now = world.clock.local();
    let whmcs = &mut world.ledger.whmcs;
    if whmcs.user_by_email(&person.email).is_some() {
        return Err(Trouble::new(format!("{at}.email"), "another user has it"));
    }
    let id = person.id.unwrap_or_else(|| whmcs.next_user_id());
    if whmcs.users.contains_key(&id) {
        return Err(Trouble::new(format!("{at}.id"), "another user has it"));
    }
    let mut user = user(id, &person.first_name, &person.last_name, &person.email, now);
    user.two_factor = person.two_factor;
    if let Some(password) = &person.password {
        user.password.clone_from(password);
    }
    whmcs.users.insert(id, user);
    Ok(id)
}

fn add_client(world: &mut World, user_id: u64, new: &NewClient, at: &str) -> Result<u64, Trouble> {
    let now = world.clock.now();
    let whmcs = &mut world.ledger.whmcs;
    let id = new.id.unwrap_or_else(|| whmcs.next_client_id());
    if whmcs.clients.contains_key(&id) {
        return Err(Trouble::new(format!("{at}.id"), "another client has it"));
    }
    let known = match &new.currency {
        None => whmcs.currencies.first(),
        Some(code) => whmcs.currencies.iter().find(|currency| currency.code == code),
    };
    let currency = known.ok_or_else(|| Trouble::new(format!("{at}.currency"), "unknown currency"))?.id;
    let Some(owner) = whmcs.users.get(&user_id) else {
        return Err(Trouble::new(at, "no such user"));
    };
    let mut client = client(id, owner, &new.company, currency, now.naive_utc());
    client.status = new.status.unwrap_or(client.status);
    client.allow_sso = new.allow_sso.unwrap_or(client.allow_sso);
    whmcs.clients.insert(id, client);
    if new.crm && crm::account(&mut world.ledger, id, user_id, now).is_none() {
        return Err(Trouble::new(format!("{at}.crm"), "Salesforce does not take these names"));
    }
    Ok(id)
}
