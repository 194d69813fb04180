//! `GetClients`: prefix search over e-mail, names and company. Not an exact lookup.

use std::cmp::Ordering;

use serde_json::{Value, json};

use crate::ledger::whmcs::Client;
use crate::whmcs::wire::{Page, date, put_list};
use crate::whmcs::{Context, Fields, Refusal};

#[expect(clippy::unnecessary_wraps, reason = "the signature of every action")]
pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let params = context.params;
    let world = &mut *context.world;
    let search = params.text("search").to_lowercase();
    let status = params.text("status");
    let mut found: Vec<&Client> = world
        .ledger
        .whmcs
        .clients
        .values()
        .filter(|client| status.is_empty() || client.status.label().eq_ignore_ascii_case(status))
        .filter(|client| matches(client, &search))
        .collect();
    let compare: fn(&Client, &Client) -> Ordering = match params.text("orderby") {
        "firstname" => |a, b| a.first_name.cmp(&b.first_name),
        "lastname" => |a, b| a.last_name.cmp(&b.last_name),
        "companyname" => |a, b| a.company.cmp(&b.company),
        "email" => |a, b| a.email.cmp(&b.email),
        "datecreated" => |a, b| a.created_at.cmp(&b.created_at),
        _ => |_, _| Ordering::Equal,
    };
    let descending = params.text("sorting").eq_ignore_ascii_case("desc");
    found.sort_by(|a, b| {
        let order = compare(a, b).then(a.id.cmp(&b.id));
        if descending { order.reverse() } else { order }
    });
    let page = Page::cut(&world.config, params, Some(found.len()), found);
    let mut answer = page.members();
    let rows = page.rows.iter().map(|client| row(client)).collect();
    put_list(&mut world.config, &mut answer, "clients", Some("client"), rows);
    Ok(answer)
}

fn matches(client: &Client, search: &str) -> bool {
    [&client.email, &client.first_name, &client.last_name, &client.company]
        .iter()
        .any(|field| field.to_lowercase().starts_with(search))
}

fn row(client: &Client) -> Value {
    json!({
        "id": client.id,
        "firstname": client.first_name,
        "lastname": client.last_name,
        "companyname": client.company,
        "email": client.email,
        "datecreated": date(Some(client.created_at.date())),
        "groupid": client.group,
        "status": client.status.label(),
    })
}
