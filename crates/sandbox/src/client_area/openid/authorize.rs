//! The authorization endpoint (OpenID Connect Core 1.0, 3.1.2; RFC 6749, 4.1): signing in, consent, and the code.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::TimeDelta;
use url::Url;

use super::grants::Grant;
use super::{SCOPES, redirect_uri};
use crate::answer::Answer;
use crate::client_area::session::Session;
use crate::client_area::switches::Pkce;
use crate::client_area::visit::{self, Visit, check_form};
use crate::client_area::{PRODUCT, page, token_field};
use crate::demo;
use crate::faults::{self, Call, Target};
use crate::html::{self, escape};
use crate::whmcs::refuse_page;
use crate::world::{Shared, World};

/// An authorization request that can be answered by sending the browser back.
struct Wanted {
    redirect_uri: Url,
    /// The same as the request had it; the token endpoint compares texts.
    given_uri: String,
    state: Option<String>,
    scope: Vec<&'static str>,
    nonce: Option<String>,
    challenge: Option<(String, bool)>,
    prompt: String,
    max_age: Option<i64>,
}

pub async fn ask(shared: web::Data<Shared>, request: HttpRequest) -> HttpResponse {
    serve(&shared, &request, b"", |world, shared, visit| {
        let wanted = read(world, shared, visit)?;
        let session = identify(world, visit, &wanted)?;
        let asked = world.sessions.grants.approved(session.user_id, &wanted.scope);
        match (asked, wanted.prompt.as_str()) {
            (true, "consent") | (false, "" | "consent" | "login" | "select_account") => {
                Ok(consent(world, visit, &session, &wanted))
            }
            (true, _) => Ok(give(world, &session, &wanted)),
            (false, _) => Err(wanted.back(&[("error", "consent_required")])),
        }
    })
    .await
}

pub async fn decide(shared: web::Data<Shared>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    serve(&shared, &request, &body, |world, shared, visit| {
        let wanted = read(world, shared, visit)?;
        let session = visit::session_of(world, visit)
            .ok_or_else(|| visit::to_login(world, visit, Some(origin(&wanted.redirect_uri))))?;
        check_form(visit, &session)?;
        if visit.field("decision") == "approve" {
            return Ok(give(world, &session, &wanted));
        }
        Err(wanted.back(&[("error", "access_denied"), ("error_description", "The user denied access")]))
    })
    .await
}

async fn serve(
    shared: &Shared,
    request: &HttpRequest,
    body: &[u8],
    act: fn(&mut World, &Shared, &Visit) -> Result<Answer, Answer>,
) -> HttpResponse {
    let visit = Visit::read(shared, request, body);
    faults::serve(shared, Call::new(Target::Whmcs, "oidc_authorize"), refuse_page, |world| {
        act(world, shared, &visit).unwrap_or_else(|refusal| refusal)
    })
    .await
}

/// What cannot be sent back, since nobody trustworthy is there to receive it.
fn unusable(error: &str, reason: &str) -> Answer {
    let main = format!(
        "<h1>This request cannot be answered</h1><p>{}</p><p><code>{error}</code></p>",
        escape(reason)
    );
    page(400, "Invalid request", &main)
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

impl Wanted {
    /// Sends the browser back with `answer` and the state.
    fn back(&self, answer: &[(&str, &str)]) -> Answer {
        let mut url = self.redirect_uri.clone();
        url.query_pairs_mut().extend_pairs(answer);
        if let Some(state) = &self.state {
            url.query_pairs_mut().append_pair("state", state);
        }
        Answer::redirect(302, url.into()).with("Referrer-Policy", "no-referrer")
    }
}

/// Checks a request: first what decides where errors go, then everything else.
fn read(world: &World, shared: &Shared, visit: &Visit) -> Result<Wanted, Answer> {
    const ONCE: [&str; 4] = ["client_id", "redirect_uri", "response_type", "state"];
    let times = |name: &str| visit.queries().iter().filter(|(key, _)| key == name).count();
    if ONCE.iter().any(|name| times(name) > 1) {
        return Err(unusable("invalid_request", "A parameter is sent twice."));
    }
    if visit.query("client_id") != demo::OPENID_CLIENT_ID {
        return Err(unusable("invalid_client", "The client id is unknown."));
    }
    let registered = shared.openid_redirect_uris.iter().chain(&world.config.client_area.openid_redirect_uris);
    let uri = visit.query("redirect_uri");
    let trusted = redirect_uri::registered(registered, uri).then(|| Url::parse(uri).ok()).flatten();
    let redirect_uri = trusted
        .ok_or_else(|| unusable("redirect_uri_mismatch", "The redirect URI is missing or not registered."))?;
    let given = |name: &str| Some(visit.query(name)).filter(|text| !text.is_empty()).map(str::to_owned);
    let mut wanted = Wanted {
        redirect_uri,
        given_uri: uri.to_owned(),
        state: given("state"),
        scope: Vec::new(),
        nonce: given("nonce"),
        challenge: None,
        prompt: visit.query("prompt").to_owned(),
        max_age: None,
    };
    match details(world, visit, &mut wanted) {
        Ok(()) => Ok(wanted),
        Err((error, description)) => {
            Err(wanted.back(&[("error", error), ("error_description", description)]))
        }
    }
}

type Detail = (&'static str, &'static str);

fn details(world: &World, visit: &Visit, wanted: &mut Wanted) -> Result<(), Detail> {
    match visit.query("response_type") {
        "code" => {}
        "" => return Err(("invalid_request", "response_type is missing")),
        _ => return Err(("unsupported_response_type", "Only code is supported")),
    }
    // WHMCS requires it: its guide begins with the state token.
    if wanted.state.is_none() {
        return Err(("invalid_request", "state is missing"));
    }
    for (name, error) in [("request", "request_not_supported"), ("request_uri", "request_uri_not_supported")]
    {
        if !visit.query(name).is_empty() {
            return Err((error, "Request objects are not supported"));
        }
    }
    if !matches!(visit.query("response_mode"), "" | "query") {
        return Err(("invalid_request", "Only response_mode query is supported"));
    }
    let scopes: Vec<&str> = visit.query("scope").split_whitespace().collect();
    if !scopes.contains(&"openid") || scopes.iter().any(|scope| !SCOPES.contains(scope)) {
        return Err(("invalid_scope", "The scope is openid, with email and profile if wanted"));
    }
    wanted.scope = SCOPES.into_iter().filter(|scope| scopes.contains(scope)).collect();
    if !matches!(wanted.prompt.as_str(), "" | "none" | "login" | "consent" | "select_account") {
        return Err(("invalid_request", "prompt is not one known value"));
    }
    if !visit.query("max_age").is_empty() {
        let seconds = visit.query("max_age").parse().ok().filter(|seconds: &i64| *seconds >= 0);
        wanted.max_age = Some(seconds.ok_or(("invalid_request", "max_age is not a number of seconds"))?);
    }
    let pkce = world.config.client_area.openid_pkce;
    if pkce != Pkce::Ignored {
        wanted.challenge = challenge(visit)?;
    }
    if pkce == Pkce::Required && wanted.challenge.is_none() {
        return Err(("invalid_request", "code_challenge is missing"));
    }
    Ok(())
}

/// RFC 7636, 4.3; without a method it is `plain`.
fn challenge(visit: &Visit) -> Result<Option<(String, bool)>, Detail> {
    let (challenge, method) = (visit.query("code_challenge"), visit.query("code_challenge_method"));
    let hashed = match method {
        "S256" => true,
        "" | "plain" => false,
        _ => return Err(("invalid_request", "code_challenge_method is not supported")),
    };
    match challenge.len() {
        0 if method.is_empty() => Ok(None),
        43..=128 => Ok(Some((challenge.to_owned(), hashed))),
        _ => Err(("invalid_request", "code_challenge has a wrong length")),
    }
}

/// The user, or the way to the sign-in page; `prompt=none` must not show it.
fn identify(world: &mut World, visit: &Visit, wanted: &Wanted) -> Result<Session, Answer> {
    let now = world.clock.now();
    let session = visit::session_of(world, visit);
    let fresh = |session: &Session| {
        let age = now.signed_duration_since(session.signed_in_at);
        // The browser comes back to this very address after signing in anew; a login that young is that one.
        let anew =
            wanted.prompt != "login" || age <= TimeDelta::seconds(60) && came_from_login(session, visit);
        let recent = wanted.max_age.is_none_or(|seconds| age.num_seconds() <= seconds);
        anew && recent
    };
    match session.filter(fresh) {
        Some(session) => Ok(session),
        None if wanted.prompt == "none" => Err(wanted.back(&[("error", "login_required")])),
        None => {
            if let Some(key) = &visit.cookie {
                world.sessions.close(key);
            }
            Err(visit::to_login(world, visit, Some(origin(&wanted.redirect_uri))))
        }
    }
}

/// Whether the session was opened on the way to this address.
fn came_from_login(session: &Session, visit: &Visit) -> bool {
    session.opened_for.as_deref() == Some(visit.target.as_str())
}

fn give(world: &mut World, session: &Session, wanted: &Wanted) -> Answer {
    let now = world.clock.now();
    let grant = Grant {
        user_id: session.user_id,
        redirect_uri: wanted.given_uri.clone(),
        scope: wanted.scope.clone(),
        nonce: wanted.nonce.clone(),
        challenge: wanted.challenge.clone(),
        auth_time: session.signed_in_at,
    };
    let code = world.sessions.grants.approve(grant, now);
    wanted.back(&[("code", &code)])
}

fn consent(world: &World, visit: &Visit, session: &Session, wanted: &Wanted) -> Answer {
    let email =
        world.ledger.whmcs.users.get(&session.user_id).map_or_else(String::new, |user| escape(&user.email));
    let meaning = |scope: &&'static str| match *scope {
        "email" => "<li>Your e-mail address</li>",
        "profile" => "<li>Your name</li>",
        _ => "<li>Who you are</li>",
    };
    let scopes: String = wanted.scope.iter().map(meaning).collect();
    let main = format!(
        "<h1>Allow access?</h1><p><strong>{}</strong> at {} asks to sign you in. You are {email}.</p><p>It will \
         see:</p><ul>{scopes}</ul><form method=\"post\" action=\"{}\">{}\
         <p><button type=\"submit\" name=\"decision\" value=\"approve\">Allow</button> \
         <button class=\"plain\" type=\"submit\" name=\"decision\" value=\"deny\">Deny</button></p></form>",
        demo::OPENID_CLIENT_NAME,
        escape(&origin(&wanted.redirect_uri)),
        escape(&visit.target),
        token_field(&session.form_token)
    );
    let target = origin(&wanted.redirect_uri);
    Answer::form_html(200, html::page("Allow access", PRODUCT, None, &main), Some(&target))
}
