//! WHMCS as an OpenID Connect provider: authorization code flow only (OpenID Connect Core 1.0, 3.1). The documents it
//! publishes are here, the endpoints in files of their own.

mod authorize;
mod claims;
pub mod grants;
mod redirect_uri;
mod signing;
mod token;
mod userinfo;

use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

use super::switches::{KeySet, Metadata};
use crate::answer::Answer;
use crate::faults::{self, Call, Fault, Kind, Target};
use crate::world::{Shared, World};

/// Seconds that access tokens and ID tokens are good for.
const TOKEN_SECONDS: i64 = 3_600;
/// The scopes there are.
const SCOPES: [&str; 3] = ["openid", "email", "profile"];

/// Adds the provider's addresses. The path of the RFC is there only when the switch says that it is rewritten.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/whmcs/oauth/openid-configuration.php").get(discovery))
        .service(web::resource("/whmcs/.well-known/openid-configuration").get(well_known))
        .service(web::resource("/whmcs/oauth/certs.php").get(keys))
        .service(
            web::resource("/whmcs/oauth/authorize.php")
                .route(web::get().to(authorize::ask))
                .route(web::post().to(authorize::decide)),
        )
        .service(web::resource("/whmcs/oauth/token.php").to(token::grant))
        .service(
            web::resource("/whmcs/oauth/userinfo.php")
                .route(web::get().to(userinfo::answer))
                .route(web::post().to(userinfo::answer)),
        );
}

/// The issuer: the system URL without a trailing slash.
fn issuer(shared: &Shared) -> String {
    shared.address("whmcs")
}

/// An error as RFC 6749, 5.2 has it.
fn oauth_error(status: u16, error: &str, description: &str) -> Answer {
    no_store(Answer::json(status, &json!({ "error": error, "error_description": description })))
}

fn no_store(answer: Answer) -> Answer {
    answer.with("Cache-Control", "no-store").with("Pragma", "no-cache")
}

/// A planted refusal: an OAuth error, `server_error` unless the fault names another in `code`.
fn refuse(fault: &Fault) -> Answer {
    let (status, error) =
        if fault.kind == Kind::Error { (400, "invalid_request") } else { (503, "server_error") };
    let error = fault.code.as_deref().unwrap_or(error);
    oauth_error(fault.status.unwrap_or(status), error, fault.message.as_deref().unwrap_or("sandbox fault"))
}

fn metadata(world: &World, shared: &Shared) -> Value {
    let issuer = issuer(shared);
    let address = |page: &str| format!("{issuer}/oauth/{page}.php");
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": address("authorize"),
        "token_endpoint": address("token"),
        "userinfo_endpoint": address("userinfo"),
        "jwks_uri": address("certs"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": SCOPES,
        "claims_supported": ["iss", "aud", "exp", "sub"],
    });
    match (world.config.client_area.openid_metadata, document.as_object_mut()) {
        (Metadata::Full, Some(members)) => {
            let claims = [
                "iss",
                "aud",
                "exp",
                "iat",
                "auth_time",
                "nonce",
                "at_hash",
                "sub",
                "email",
                "email_verified",
                "name",
                "given_name",
                "family_name",
                "preferred_username",
                "locale",
            ];
            members.insert("claims_supported".to_owned(), json!(claims));
            members.insert("response_modes_supported".to_owned(), json!(["query"]));
            members.insert("grant_types_supported".to_owned(), json!(["authorization_code"]));
            let methods = ["client_secret_basic", "client_secret_post"];
            members.insert("token_endpoint_auth_methods_supported".to_owned(), json!(methods));
            members.insert("code_challenge_methods_supported".to_owned(), json!(["S256", "plain"]));
        }
        (Metadata::Sparse, Some(members)) => {
            members.insert("response_types_supported".to_owned(), json!([]));
        }
        (_, None) => {}
    }
    document
}

async fn discovery(shared: web::Data<Shared>) -> HttpResponse {
    let call = Call::new(Target::Whmcs, "oidc_discovery");
    faults::serve(&shared, call, refuse, |world| Answer::json(200, &metadata(world, &shared))).await
}

async fn well_known(shared: web::Data<Shared>) -> HttpResponse {
    let call = Call::new(Target::Whmcs, "oidc_discovery");
    faults::serve(&shared, call, refuse, |world| {
        if world.config.client_area.openid_well_known {
            Answer::json(200, &metadata(world, &shared))
        } else {
            super::page(404, "Not found", "<h1>Not found</h1>")
        }
    })
    .await
}

async fn keys(shared: web::Data<Shared>) -> HttpResponse {
    faults::serve(&shared, Call::new(Target::Whmcs, "oidc_keys"), refuse, |world| {
        let published = world.config.client_area.openid_keys == KeySet::Published;
        let keys: Vec<Value> = signing::public_key().filter(|_| published).into_iter().collect();
        Answer::json(200, &json!({ "keys": keys }))
    })
    .await
}
