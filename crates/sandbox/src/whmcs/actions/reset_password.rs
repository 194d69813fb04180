//! `ResetPassword`: mails a link to a user (before 8.0: to a client).

use super::add_client::plausible_email;
use crate::config::Version;
use crate::token;
use crate::whmcs::{Context, Fields, Refusal, mail};

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
        let client = id.map_or_else(|| whmcs.client_by_email(email), |id| whmcs.clients.get(&id));
        client.map(|client| client.email.clone())
    } else {
        let user = id.map_or_else(|| whmcs.user_by_email(email), |id| whmcs.users.get(&id));
        user.map(|user| user.email.clone())
    };
    let to = found.ok_or("User Not Found")?;
    let link =
        context.shared.address(&format!("whmcs/index.php?rp=/password/reset/redeem/{}", token::hex::<20>()));
    let text = format!("To reset your password, please visit the url below:\n\n{link}\n");
    mail::send(context.world, &to, "Password Reset Request", &text);
    Ok(Fields::new())
}
