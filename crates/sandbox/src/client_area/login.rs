//! Signing in with e-mail and password, and the second step of those with a second factor.

use serde_json::json;

use super::session::Guest;
use super::visit::{self, ACCOUNTS, Visit};
use super::{LOGIN, PRODUCT, alert, token_field, totp};
use crate::answer::Answer;
use crate::demo;
use crate::html::{self, escape};
use crate::ledger::whmcs::ClientStatus;
use crate::world::{Shared, World};

const CHALLENGE: &str = "/whmcs/login/challenge";
/// The one answer to an unknown address and to a wrong password.
const WRONG: &str = "Login details incorrect. Please try again.";

/// A page of the way in. Signing in may end on another site, and browsers hold form posts to that.
fn form_page(guest: &Guest, status: u16, title: &str, main: &str) -> Answer {
    Answer::form_html(status, html::page(title, PRODUCT, None, main), guest.leads_to.as_deref())
}

pub fn view(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    if visit::session_of(world, visit).is_some() {
        return Ok(Answer::redirect(302, "/whmcs/clientarea.php".to_owned()));
    }
    let known = visit.cookie.clone().filter(|key| world.sessions.guest(key).is_some());
    let key = known.unwrap_or_else(|| world.sessions.welcome(None, None));
    let guest = world.sessions.guest(&key).cloned().ok_or_else(|| Answer::empty(500))?;
    Ok(login_page(&guest, "", None).with("Set-Cookie", visit.set_cookie(&key)))
}

fn login_page(guest: &Guest, email: &str, error: Option<&str>) -> Answer {
    let main = format!(
        "<h1>Sign in</h1>{}<form method=\"post\" action=\"{LOGIN}\">{}\
         <p><label for=\"email\">E-mail address</label><input id=\"email\" name=\"username\" type=\"email\" \
         autocomplete=\"username\" required value=\"{}\"></p>\
         <p><label for=\"password\">Password</label><input id=\"password\" name=\"password\" type=\"password\" \
         autocomplete=\"current-password\" required></p><p><button type=\"submit\">Sign in</button></p></form>\
         <p><a href=\"/whmcs/password/reset\">Forgot password?</a></p>",
        error.map_or_else(String::new, alert),
        token_field(&guest.form_token),
        escape(email),
    );
    form_page(guest, 200, "Sign in", &main)
}

pub fn password(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let (key, guest) = visit::guest(world, visit)?;
    let (email, password) = (visit.field("username"), visit.field("password"));
    let user = world.ledger.whmcs.user_by_email(email.trim()).filter(|user| user.password == password);
    let Some((user_id, two_factor)) = user.map(|user| (user.id, user.two_factor)) else {
        return Ok(login_page(&guest, email, Some(WRONG)));
    };
    if two_factor {
        world.sessions.challenge(&key, user_id);
        return Ok(Answer::redirect(303, CHALLENGE.to_owned()));
    }
    Ok(enter(world, visit, &key, user_id))
}

pub fn challenge(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let guest = visit.cookie.as_deref().and_then(|key| world.sessions.guest(key));
    match guest.filter(|guest| guest.pending.is_some()) {
        Some(guest) => Ok(challenge_page(guest, None)),
        None => Err(Answer::redirect(302, LOGIN.to_owned())),
    }
}

fn challenge_page(guest: &Guest, error: Option<&str>) -> Answer {
    let main = format!(
        "<h1>Second factor</h1>{}<form method=\"post\" action=\"{CHALLENGE}\">{}\
         <p><label for=\"code\">Code from your authenticator app</label><input id=\"code\" name=\"key\" \
         inputmode=\"numeric\" autocomplete=\"one-time-code\" pattern=\"[0-9 ]*\" maxlength=\"8\" required></p>\
         <p><button type=\"submit\">Sign in</button></p></form><details><summary>Demo authenticator</summary>\
         <p>The secret of every demo person is <code>{}</code> (SHA-1, 30 seconds, 6 digits).</p></details>",
        error.map_or_else(String::new, alert),
        token_field(&guest.form_token),
        demo::TOTP_SECRET,
    );
    form_page(guest, 200, "Second factor", &main)
}

pub fn second_factor(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let (key, guest) = visit::guest(world, visit)?;
    let Some(user_id) = guest.pending else {
        return Err(Answer::redirect(303, LOGIN.to_owned()));
    };
    let seconds = u64::try_from(world.clock.now().timestamp()).unwrap_or_default();
    let used = world.sessions.spent_step(user_id);
    let Some(step) = totp::accept(visit.field("key"), seconds, used) else {
        if world.sessions.wrong_code(&key) {
            return Err(Answer::redirect(303, LOGIN.to_owned()));
        }
        return Ok(challenge_page(&guest, Some("That code is wrong or was used before.")));
    };
    world.sessions.spend_step(user_id, step);
    Ok(enter(world, visit, &key, user_id))
}

/// Opens the session under a new key, with the user's account when there is only one.
fn enter(world: &mut World, visit: &Visit, guest_key: &str, user_id: u64) -> Answer {
    let open =
        world.ledger.whmcs.clients_of(user_id).filter(|(client, _)| client.status != ClientStatus::Closed);
    let accounts: Vec<u64> = open.map(|(client, _)| client.id).collect();
    let client_id = match accounts.as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    let now = world.clock.now();
    let key = world.sessions.open(user_id, client_id, now);
    let wanted = world.sessions.leave(guest_key).and_then(|guest| guest.return_to);
    if let Some(session) = world.sessions.get_mut(&key) {
        session.opened_for.clone_from(&wanted);
    }
    world.hooks.fire("UserLogin", json!({ "user_id": user_id }));
    let fallback = if accounts.len() > 1 { ACCOUNTS } else { "/whmcs/clientarea.php" };
    Answer::redirect(303, wanted.unwrap_or_else(|| fallback.to_owned()))
        .with("Set-Cookie", visit.set_cookie(&key))
}
