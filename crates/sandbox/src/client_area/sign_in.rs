//! `oauth/singlesignon.php`: trades a token for a session, once, within 60 seconds. And the pages around it.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{COOKIE, PRODUCT, call, query, settle};
use crate::answer::Answer;
use crate::faults;
use crate::html;
use crate::ledger::whmcs::ClientStatus;
use crate::whmcs::refuse_page;
use crate::world::{Shared, World};

pub async fn redeem(shared: web::Data<Shared>, request: HttpRequest) -> HttpResponse {
    let token = query(&request, "access_token");
    let secure = shared.base.scheme() == "https";
    faults::serve(&shared, call("singlesignon"), refuse_page, |world| settle(open(world, &token, secure)))
        .await
}

fn open(world: &mut World, token: &str, secure: bool) -> Result<Answer, Answer> {
    let now = world.clock.now();
    let token = world
        .sessions
        .redeem(token, now)
        .ok_or_else(|| refusal("This link was already used or is no longer valid."))?;
    let client = token.client_id.and_then(|id| world.ledger.whmcs.clients.get(&id));
    if client.is_some_and(|client| client.status == ClientStatus::Closed) {
        let text = format!("Single Sign-On authentication denied for \"Closed\" User ID: {}", token.user_id);
        return Err(refusal(&text));
    }
    if client.is_some_and(|client| !client.allow_sso) {
        let text =
            format!("Single Sign-On authentication denied per configuration for User ID: {}", token.user_id);
        return Err(refusal(&text));
    }
    let session = world.sessions.open(&token);
    let secure = if secure { "; Secure" } else { "" };
    Ok(Answer::redirect(302, format!("/whmcs/{}", token.path))
        .with("Set-Cookie", format!("{COOKIE}={session}; Path=/whmcs; HttpOnly; SameSite=Lax{secure}"))
        .with("Referrer-Policy", "no-referrer"))
}

fn refusal(reason: &str) -> Answer {
    let main = format!(
        "<h1>Sign-in failed</h1><p>{}</p><p><a href=\"/whmcs/login\">Sign in</a></p>",
        html::escape(reason)
    );
    Answer::html(403, html::page("Sign-in failed", PRODUCT, None, &main))
}

/// There is no password form: the sandbox's client area is entered through SSO links only.
pub async fn page() -> HttpResponse {
    let main =
        "<h1>Sign in</h1><p>This billing system is entered through a link from your provider’s portal.</p>";
    Answer::html(200, html::page("Sign in", PRODUCT, None, main)).into_response()
}

pub async fn sign_out() -> HttpResponse {
    Answer::redirect(302, "/whmcs/login".to_owned())
        .with("Set-Cookie", format!("{COOKIE}=; Path=/whmcs; HttpOnly; Max-Age=0"))
        .into_response()
}
