//! The userinfo endpoint (OpenID Connect Core 1.0, 5.3), with the token in the header, the body or, as many clients of
//! WHMCS send it, the query.

use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::{claims, no_store, oauth_error, refuse};
use crate::answer::Answer;
use crate::client_area::visit::Visit;
use crate::faults::{self, Call, Target};
use crate::world::{Shared, World};

pub async fn answer(shared: web::Data<Shared>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let form = header(CONTENT_TYPE).starts_with("application/x-www-form-urlencoded");
    let visit = Visit::read(&shared, &request, if form { &body } else { b"" });
    let bearer =
        header(AUTHORIZATION).split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let given: Vec<&str> = [
        bearer.map_or("", |(_, token)| token.trim()),
        visit.field("access_token"),
        visit.query("access_token"),
    ]
    .into_iter()
    .filter(|token| !token.is_empty())
    .collect();
    let call = Call::new(Target::Whmcs, "oidc_userinfo");
    faults::serve(&shared, call, refuse, |world| tell(world, &given)).await
}

/// RFC 6750, 3: no reason is given to a caller without a token.
fn tell(world: &World, given: &[&str]) -> Answer {
    match given {
        [] => no_store(Answer::empty(401)).with("WWW-Authenticate", "Bearer realm=\"Service\""),
        [token] => known(world, token).unwrap_or_else(|| {
            let text = "The access token provided is invalid or expired";
            let challenge =
                format!("Bearer realm=\"Service\", error=\"invalid_token\", error_description=\"{text}\"");
            oauth_error(401, "invalid_token", text).with("WWW-Authenticate", challenge)
        }),
        _ => oauth_error(400, "invalid_request", "Only one method may be used to authenticate at a time"),
    }
}

fn known(world: &World, token: &str) -> Option<Answer> {
    let grant = world.sessions.grants.of_token(token, world.clock.now())?;
    let mut claims = claims::of_scope(world, grant.user_id, &grant.scope)?;
    claims.insert("sub".to_owned(), json!(claims::subject(world, grant.user_id)));
    Some(no_store(Answer::json(200, &Value::Object(claims))))
}
