//! `GetUsers` (8.1+): prefix search over e-mail and names; no lookup by id.

use serde_json::{Value, json};

use crate::ledger::whmcs::{User, Whmcs};
use crate::whmcs::wire::{Page, fields, moment, put_list};
use crate::whmcs::{Context, Fields, Refusal};

#[expect(clippy::unnecessary_wraps, reason = "the signature of every action")]
pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let world = &mut *context.world;
    let search = context.params.text("search").to_lowercase();
    let mut found: Vec<&User> =
        world.ledger.whmcs.users.values().filter(|user| matches(user, &search)).collect();
    if context.params.text("sorting").eq_ignore_ascii_case("desc") {
        found.reverse();
    }
    let page = Page::cut(&world.config, context.params, Some(found.len()), found);
    let mut answer = page.members();
    let rows = page.rows.iter().map(|user| row(&world.ledger.whmcs, user)).collect();
    put_list(&mut world.config, &mut answer, "users", None, rows);
    Ok(answer)
}

/// At the start of e-mail, first name, last name or full name.
fn matches(user: &User, search: &str) -> bool {
    let full = format!("{} {}", user.first_name, user.last_name);
    [&user.email, &user.first_name, &user.last_name, &full]
        .iter()
        .any(|field| field.to_lowercase().starts_with(search))
}

fn row(whmcs: &Whmcs, user: &User) -> Value {
    let clients: Vec<Value> = whmcs
        .clients_of(user.id)
        .map(|(client, owner)| json!({ "id": client.id, "isOwner": owner }))
        .collect();
    Value::Object(fields(json!({
        "id": user.id,
        "firstname": user.first_name,
        "lastname": user.last_name,
        "email": user.email,
        "datecreated": moment(Some(user.created_at)),
        "validationdata": "",
        "clients": clients,
    })))
}
