//! Credentials, role and version, in an order that gives the texts real clients report.

use super::{Action, Params};
use crate::demo;
use crate::world::World;

/// The action to run, or status and message.
pub fn check<'a>(
    world: &World,
    params: &Params,
    action: Option<&'a Action>,
) -> Result<&'a Action, (u16, String)> {
    let refuse = |message: &str| Err((403, message.to_owned()));
    let name = params.text("action");
    if name.is_empty() {
        return Err((400, "Empty action request".to_owned()));
    }
    // The pair may also travel under the names that admin logins used before 7.2.
    let either = |new: &str, old: &str| {
        let sent = params.raw(new);
        if sent.is_empty() { params.raw(old).to_owned() } else { sent.to_owned() }
    };
    let (identifier, secret) = (either("identifier", "username"), either("secret", "password"));
    if identifier.is_empty() || secret.is_empty() {
        return refuse("Authentication Failed");
    }
    if identifier != demo::IDENTIFIER {
        return refuse("Invalid or missing credentials");
    }
    if secret != demo::SECRET {
        return refuse("Authentication Failed");
    }
    // A name that no role lists meets the role check first, whether it exists or not.
    let lower = name.to_ascii_lowercase();
    match action {
        Some(action)
            if action.since <= world.config.version && !world.config.denied_actions.contains(&lower) =>
        {
            Ok(action)
        }
        _ => refuse(&format!("Invalid Permissions: API action \"{lower}\" is not allowed")),
    }
}
