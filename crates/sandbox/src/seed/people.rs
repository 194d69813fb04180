//! The demo people. User ids and client ids overlap on purpose: whoever takes a user id for a client id meets a stranger.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use uuid::Uuid;

use crate::demo;
use crate::html::escape;
use crate::ledger::whmcs::{Client, ClientStatus, Flags, User, Whmcs};
use crate::money::Money;

/// User id: portal user with one client.
pub const ADA: u64 = 41;
/// User id: WHMCS user only, to be linked.
pub const GRACE: u64 = 42;
/// User id: owns two clients, may see a third.
pub const LINUS: u64 = 43;
/// User id: the stranger.
pub const MALLORY: u64 = 44;
/// User id: two-factor on.
pub const TOVE: u64 = 45;
/// User id: thousands of records.
pub const BULK: u64 = 46;

/// Client id; equals Grace's user id.
pub const ADA_CLIENT: u64 = 42;
/// Client id; equals Linus's user id.
pub const GRACE_CLIENT: u64 = 43;
/// Client ids, one in USD and one in EUR.
pub const LINUS_CLIENTS: [u64; 2] = [44, 45];
/// Client id.
pub const MALLORY_CLIENT: u64 = 46;
/// Client id; Linus may see it.
pub const TOVE_CLIENT: u64 = 47;
/// One client per currency, as WHMCS has it: USD, EUR.
pub const BULK_CLIENTS: [u64; 2] = [48, 49];

/// A user with the demo password. Names are given plain and stored encoded.
pub fn user(id: u64, first: &str, last: &str, email: &str, created_at: NaiveDateTime) -> User {
    User {
        id,
        first_name: escape(first),
        last_name: escape(last),
        email: email.to_owned(),
        password: demo::PASSWORD.to_owned(),
        two_factor: false,
        email_verified: true,
        language: String::new(),
        last_login: None,
        created_at,
    }
}

/// An active client owned by `owner`.
pub fn client(id: u64, owner: &User, company: &str, currency: u64, created_at: NaiveDateTime) -> Client {
    Client {
        id,
        owner_user_id: owner.id,
        members: Vec::new(),
        permissions: BTreeMap::new(),
        uuid: Uuid::from_u128(0x5a5a_0000_0000_4000_8000_0000_0000_0000 | u128::from(id)),
        first_name: owner.first_name.clone(),
        last_name: owner.last_name.clone(),
        company: escape(company),
        email: owner.email.clone(),
        address1: "12 St James&#039;s Square".to_owned(),
        address2: String::new(),
        city: "London".to_owned(),
        state: "London".to_owned(),
        postcode: "SW1Y 4JH".to_owned(),
        country: "GB".to_owned(),
        phone: "02079460000".to_owned(),
        tax_id: String::new(),
        language: "english".to_owned(),
        notes: "sandbox admin note".to_owned(),
        currency,
        group: 0,
        credit: Money(0),
        status: ClientStatus::Active,
        allow_sso: true,
        marketing: false,
        gateway: String::new(),
        flags: Flags::default(),
        email_preferences: [true; 6],
        custom_fields: BTreeMap::from([(1, String::new())]),
        created_at,
    }
}

/// User id, first and last name, e-mail, and the clients they own: id, company, currency.
type Person<'a> = (u64, &'a str, &'a str, &'a str, &'a [(u64, &'a str, u64)]);

/// The six people of the demo and their clients.
pub fn add(whmcs: &mut Whmcs, now: NaiveDateTime) {
    let people: [Person<'_>; 6] = [
        (ADA, "Ada", "Lovelace", "ada@example.com", &[(ADA_CLIENT, "Lovelace & Daughters", 1)]),
        (GRACE, "Grace", "Hopper", "grace@example.com", &[(GRACE_CLIENT, "", 1)]),
        (
            LINUS,
            "Linus",
            "O'Kernel",
            "linus@example.com",
            &[(LINUS_CLIENTS[0], "Kernel Works", 1), (LINUS_CLIENTS[1], "Tux Ltd", 2)],
        ),
        (MALLORY, "Mallory", "Stranger", "mallory@example.com", &[(MALLORY_CLIENT, "Mallory Inc", 1)]),
        (TOVE, "Tove", "Jansson", "tove@example.com", &[(TOVE_CLIENT, "Moomin Oy", 2)]),
        (
            BULK,
            "Bulk",
            "Buyer",
            "bulk@example.com",
            &[(BULK_CLIENTS[0], "Bulk Buyers US", 1), (BULK_CLIENTS[1], "Bulk Buyers EU", 2)],
        ),
    ];
    for (id, first, last, email, clients) in people {
        let mut person = user(id, first, last, email, now);
        person.two_factor = id == TOVE;
        for &(client_id, company, currency) in clients {
            whmcs.clients.insert(client_id, client(client_id, &person, company, currency, now));
        }
        whmcs.users.insert(id, person);
    }
    // The third client that Linus may see without owning it.
    if let Some(third) = whmcs.clients.get_mut(&TOVE_CLIENT) {
        third.members.push(LINUS);
        third.permissions.insert(LINUS, vec!["products", "invoices"]);
    }
}
