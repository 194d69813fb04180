//! `ResetPassword`: mails a user (before 8.0: a client) the link that the reset page of the client area knows.

use super::add_client::plausible_email;
use crate::client_area::password_reset;
use crate::config::Version;
use crate::whmcs::{Context, Fields, Refusal};

pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let (id, email) = (context.params.number("id"), context.params.text("email"));
    if id.is_none() && email.is_empty() {
        return Err("Please enter the email address or provide the id".into());
    }
    if id.is_none() && !plausible_email(email) {
        return Err("Please provide a valid email address".into());
    }
    let whmcs = &context.world.ledger.whmcs;
    let found = if context.world.config.version < Version::V8_0 {
        // A client of those days is its own login; here its owner has the password.
        let client = id.map_or_else(|| whmcs.client_by_email(email), |id| whmcs.clients.get(&id));
        client.map(|client| client.owner_user_id)
    } else {
        let user = id.map_or_else(|| whmcs.user_by_email(email), |id| whmcs.users.get(&id));
        user.map(|user| user.id)
    };
    let user_id = found.ok_or("User Not Found")?;
    password_reset::send(context.world, context.shared, user_id);
    Ok(Fields::new())
}
