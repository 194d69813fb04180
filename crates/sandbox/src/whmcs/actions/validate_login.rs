//! `ValidateLogin`: checks a user's e-mail and password and starts a session. From 8.0 `userid` is the user; before, the client.

use chrono::NaiveDateTime;
use serde_json::{Value, json};

use crate::config::{Config, Presence, TwoFactorFlag, Version};
use crate::token;
use crate::whmcs::wire::fields;
use crate::whmcs::{Context, Fields, Refusal};

/// The cookie of the session that WHMCS starts for the caller, which has no use for it.
const COOKIE: &str = "WHMCSSandbox";

pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let now = context.world.clock.local();
    let outcome =
        if context.world.config.version < Version::V8_0 { client(context, now) } else { user(context, now) };
    let failures = &mut context.world.ledger.whmcs.failed_logins;
    if outcome.is_some() {
        failures.remove(context.ip);
        let session = token::hex::<16>();
        context.headers.push(("Set-Cookie", format!("{COOKIE}={session}; path=/whmcs; HttpOnly")));
    } else {
        *failures.entry(context.ip.to_owned()).or_default() += 1;
    }
    // One text for every reason.
    outcome.ok_or_else(|| "Email or Password Invalid".into())
}

/// 8.0 and later: a user, and whether a second factor is due.
fn user(context: &mut Context<'_>, now: NaiveDateTime) -> Option<Fields> {
    let (email, password) = (context.params.text("email"), context.params.raw("password2"));
    let world = &mut *context.world;
    let user_id = world.ledger.whmcs.user_by_email(email)?.id;
    let user = world.ledger.whmcs.users.get_mut(&user_id)?;
    if user.password != password {
        return None;
    }
    let two_factor = user.two_factor;
    let mut answer = fields(json!({ "twoFactorEnabled": flag(&world.config, two_factor) }));
    if !two_factor || world.config.two_factor_userid == Presence::Present {
        answer.insert("userid".to_owned(), json!(user_id));
    }
    if !two_factor {
        user.last_login = Some(now);
        answer.insert("passwordhash".to_owned(), json!(token::hex::<20>()));
        world.hooks.fire("UserLogin", json!({ "user_id": user_id }));
    }
    Some(answer)
}

/// 7.x: there are no users; the client's own e-mail and its password. The client's id.
fn client(context: &Context<'_>, _now: NaiveDateTime) -> Option<Fields> {
    let (email, password) = (context.params.text("email"), context.params.raw("password2"));
    let whmcs = &context.world.ledger.whmcs;
    let client = whmcs.client_by_email(email)?;
    let owner = whmcs.users.get(&client.owner_user_id)?;
    (owner.password == password)
        .then(|| fields(json!({ "userid": client.id, "passwordhash": token::hex::<20>() })))
}

fn flag(config: &Config, on: bool) -> Value {
    match config.two_factor_flag {
        TwoFactorFlag::Boolean => json!(on),
        TwoFactorFlag::Text => json!(on.to_string()),
    }
}
