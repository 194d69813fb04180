//! `index.php?rp=/user/accounts`: users with several accounts choose the one to act for.

use std::fmt::Write as _;

use super::visit::{self, Visit, check_form};
use super::{page, signed_page, token_field};
use crate::answer::Answer;
use crate::html::{decode, escape};
use crate::ledger::whmcs::{Client, ClientStatus};
use crate::world::{Shared, World};

fn name(client: &Client) -> String {
    let person = format!("{} {}", client.first_name, client.last_name);
    let name = if client.company.is_empty() { &person } else { &client.company };
    escape(&decode(name))
}

pub fn view(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let session = visit::session_of(world, visit).ok_or_else(|| visit::to_login(world, visit, None))?;
    let mut main = String::from("<h1>Choose an account</h1>");
    for (client, owner) in world.ledger.whmcs.clients_of(session.user_id) {
        let (role, current) = (if owner { "owner" } else { "guest" }, session.client_id == Some(client.id));
        let button = match (client.status, current) {
            (ClientStatus::Closed, _) => "<p class=\"soft\">Closed</p>".to_owned(),
            (_, true) => "<p class=\"paid\">Current account</p>".to_owned(),
            _ => format!(
                "<form method=\"post\" action=\"{}\">{}<button type=\"submit\" name=\"id\" value=\"{}\">Use {}</button></form>",
                visit::ACCOUNTS,
                token_field(&session.form_token),
                client.id,
                name(client)
            ),
        };
        // Writing to a `String` cannot fail.
        let _ = write!(
            main,
            "<h2>{}</h2><p class=\"soft\">Client {}, {role}</p>{button}",
            name(client),
            client.id
        );
    }
    Ok(signed_page(200, "Choose an account", &main))
}

pub fn choose(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let session = visit::session_of(world, visit).ok_or_else(|| visit::to_login(world, visit, None))?;
    check_form(visit, &session)?;
    let wanted: Option<u64> = visit.field("id").parse().ok();
    let chosen = world
        .ledger
        .whmcs
        .clients_of(session.user_id)
        .find(|(client, _)| Some(client.id) == wanted && client.status != ClientStatus::Closed)
        .map(|(client, _)| client.id)
        .ok_or_else(|| page(404, "Not found", "<h1>Account not found</h1>"))?;
    let key = visit.cookie.as_deref().unwrap_or_default();
    let wanted = world.sessions.get_mut(key).and_then(|session| {
        session.client_id = Some(chosen);
        session.return_to.take()
    });
    Ok(Answer::redirect(303, wanted.unwrap_or_else(|| "/whmcs/clientarea.php".to_owned())))
}
