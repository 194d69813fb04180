//! What the provider says about a user (OpenID Connect Core 1.0, 5.1 and 5.4).

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Map, Value, json};
use uuid::Builder;

use crate::client_area::switches::{EmailVerified, Subject};
use crate::html::decode;
use crate::world::World;

/// The subject identifier of a user.
pub fn subject(world: &World, user_id: u64) -> String {
    match world.config.client_area.openid_subject {
        Subject::UserId => user_id.to_string(),
        Subject::Uuid => {
            let hash = digest(&SHA256, format!("sandbox user {user_id}").as_bytes());
            let bytes = hash.as_ref().first_chunk::<16>().copied().unwrap_or_default();
            Builder::from_random_bytes(bytes).into_uuid().to_string()
        }
    }
}

/// The claims of the granted scopes; `None` when the user is gone.
pub fn of_scope(world: &World, user_id: u64, scope: &[&'static str]) -> Option<Map<String, Value>> {
    let user = world.ledger.whmcs.users.get(&user_id)?;
    let mut claims = Map::new();
    let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    if scope.contains(&"email") {
        put("email", json!(user.email));
        match world.config.client_area.openid_email_verified {
            EmailVerified::Verified => put("email_verified", json!(true)),
            EmailVerified::Unverified => put("email_verified", json!(false)),
            EmailVerified::Text => put("email_verified", json!("1")),
            EmailVerified::Missing => None,
        };
    }
    if scope.contains(&"profile") {
        let (given, family) = (decode(&user.first_name), decode(&user.last_name));
        put("name", json!(format!("{given} {family}")));
        put("given_name", json!(given));
        put("family_name", json!(family));
        put("preferred_username", json!(user.email));
        put("locale", json!("en"));
    }
    Some(claims)
}
