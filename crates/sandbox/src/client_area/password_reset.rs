//! A forgotten password: a link by mail into the sandbox's mailbox, good once and for two hours.

use serde_json::json;

use super::visit::{self, Visit};
use super::{LOGIN, alert, page, token_field};
use crate::answer::Answer;
use crate::html::{decode, escape};
use crate::ledger::mail::Message;
use crate::world::{Shared, World};

const REDEEM: &str = "/whmcs/index.php?rp=/password/reset/redeem/";
/// Fewest characters of a new password.
const SHORTEST: usize = 8;

/// Mails a user the link to a new password.
pub fn send(world: &mut World, shared: &Shared, user_id: u64) {
    let now = world.clock.now();
    let Some(user) = world.ledger.whmcs.users.get(&user_id) else { return };
    let (email, name) = (user.email.clone(), decode(&user.first_name));
    let key = world.sessions.issue_reset(user_id, now);
    let link = shared.address(&format!("{REDEEM}{key}"));
    let text = format!(
        "Dear {name},\n\nSomebody asked for a new password for your account. To choose one, open\n\n{link}\n\n\
         The link works for two hours. If it was not you, ignore this message.\n"
    );
    let html = format!(
        "<p>Dear {},</p><p><a href=\"{}\">Choose a new password</a>. The link works for two hours.</p>",
        escape(&name),
        escape(&link)
    );
    world.ledger.mail.deliver(Message {
        id: 0,
        from: "billing@sandbox.example".to_owned(),
        to: vec![email],
        subject: "Your login details: password reset".to_owned(),
        text,
        html,
        received_at: now,
    });
}

#[expect(clippy::unnecessary_wraps, reason = "pages share one signature")]
pub fn view(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let known = visit.cookie.clone().filter(|key| world.sessions.guest(key).is_some());
    let key = known.unwrap_or_else(|| world.sessions.welcome(None, None));
    let token = world.sessions.guest(&key).map(|guest| guest.form_token.clone()).unwrap_or_default();
    let main = format!(
        "<h1>Forgot your password?</h1><form method=\"post\" action=\"/whmcs/password/reset\">{}\
         <p><label for=\"email\">E-mail address</label><input id=\"email\" name=\"email\" type=\"email\" \
         autocomplete=\"username\" required></p><p><button type=\"submit\">Send the link</button></p></form>\
         <p><a href=\"{LOGIN}\">Sign in</a></p>",
        token_field(&token)
    );
    Ok(page(200, "Password reset", &main).with("Set-Cookie", visit.set_cookie(&key)))
}

/// The same answer whether the address is known or not.
pub fn begin(world: &mut World, shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    visit::guest(world, visit)?;
    let user_id = world.ledger.whmcs.user_by_email(visit.field("email").trim()).map(|user| user.id);
    if let Some(user_id) = user_id {
        send(world, shared, user_id);
    }
    let main = format!(
        "<h1>Check your mail</h1><p>If the address belongs to an account, a link is on its way.</p>\
         <p><a href=\"{LOGIN}\">Sign in</a></p>"
    );
    Ok(page(200, "Password reset", &main))
}

/// The key in the address of a link, which is its form's address too.
fn key(visit: &Visit) -> &str {
    visit.target.rsplit('/').next().unwrap_or_default()
}

fn dead() -> Answer {
    let main = "<h1>Link expired</h1><p>This link was used or is too old.</p>\
                <p><a href=\"/whmcs/password/reset\">Ask for another</a></p>";
    page(403, "Link expired", main)
}

/// The key in the link is the proof; it stands in for the form token too.
fn form(key: &str, error: Option<&str>) -> Answer {
    let main = format!(
        "<h1>New password</h1>{}<form method=\"post\" action=\"{REDEEM}{}\"><p><label for=\"new\">New password</label>\
         <input id=\"new\" name=\"newpw\" type=\"password\" autocomplete=\"new-password\" minlength=\"{SHORTEST}\" \
         required></p><p><label for=\"again\">Again</label><input id=\"again\" name=\"confirmpw\" type=\"password\" \
         autocomplete=\"new-password\" required></p><p><button type=\"submit\">Save</button></p></form>",
        error.map_or_else(String::new, alert),
        escape(key)
    );
    page(200, "New password", &main)
}

pub fn choose(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let key = key(visit);
    world.sessions.reset_of(key, world.clock.now()).ok_or_else(dead)?;
    Ok(form(key, None))
}

pub fn change(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let (key, password) = (key(visit), visit.field("newpw"));
    let user_id = world.sessions.reset_of(key, world.clock.now()).ok_or_else(dead)?;
    if password.chars().count() < SHORTEST {
        return Ok(form(key, Some("The password is too short.")));
    }
    if password != visit.field("confirmpw") {
        return Ok(form(key, Some("The two passwords differ.")));
    }
    if let Some(user) = world.ledger.whmcs.users.get_mut(&user_id) {
        password.clone_into(&mut user.password);
    }
    world.sessions.end_reset(key);
    world.sessions.close_all(user_id);
    world.hooks.fire("UserChangePassword", json!({ "user_id": user_id }));
    let main = format!("<h1>Password changed</h1><p><a href=\"{LOGIN}\">Sign in</a></p>");
    Ok(page(200, "Password changed", &main))
}
