//! Credentials, address, role and version, in an order that gives the texts real clients report.

use super::{Action, Params};
use crate::config::{Admin, Config, InvalidIp, UnknownAction};
use crate::demo;
use crate::world::World;

/// An administrator's login, the only credential before 7.2 and still accepted: user name and MD5 of the demo password.
const ADMIN: (&str, &str) = ("sandbox-admin", "9cc2ae8a1ba7a93da39b46fc1019c481");

/// Who calls.
pub struct Caller<'a> {
    /// The connection's address.
    pub peer: &'a str,
}

impl Caller<'_> {
    /// The address as WHMCS sees it.
    pub fn address<'a>(&'a self, config: &'a Config) -> &'a str {
        if config.seen_ip.is_empty() { self.peer } else { &config.seen_ip }
    }
}

/// Status and message of a refusal.
type Refused = (u16, String);

/// The action to run, or why not.
pub fn check<'a>(
    world: &World,
    params: &Params,
    caller: &Caller<'_>,
    action: Option<&'a Action>,
) -> Result<&'a Action, Refused> {
    let name = params.text("action");
    if name.is_empty() {
        return Err((400, "Empty action request".to_owned()));
    }
    credentials(params)?;
    match world.config.admin {
        Admin::Active => {}
        Admin::Disabled => return refuse("Administrator Account Disabled"),
        Admin::Denied => return refuse("Access Denied"),
    }
    address(world, params, caller)?;
    let lower = name.to_ascii_lowercase();
    if action.is_none() && world.config.unknown_action == UnknownAction::NotFound {
        return Err((200, "API Function Not Found".to_owned()));
    }
    // A name that no role lists meets the role check first, whether it exists or not.
    match action {
        Some(action)
            if action.since <= world.config.version && !world.config.denied_actions.contains(&lower) =>
        {
            Ok(action)
        }
        _ => refuse(&format!("Invalid Permissions: API action \"{lower}\" is not allowed")),
    }
}

fn refuse<T>(message: &str) -> Result<T, Refused> {
    Err((403, message.to_owned()))
}

fn credentials(params: &Params) -> Result<(), Refused> {
    // The pair may also travel under the names that admin logins used before 7.2.
    let either = |new: &str, old: &str| {
        let sent = params.raw(new);
        if sent.is_empty() { params.raw(old).to_owned() } else { sent.to_owned() }
    };
    let (identifier, secret) = (either("identifier", "username"), either("secret", "password"));
    if identifier.is_empty() || secret.is_empty() {
        return refuse("Authentication Failed");
    }
    let expected = match identifier.as_str() {
        demo::IDENTIFIER => demo::SECRET,
        name if name == ADMIN.0 && !params.given("identifier") => ADMIN.1,
        _ => return refuse("Invalid or missing credentials"),
    };
    if secret == expected { Ok(()) } else { refuse("Authentication Failed") }
}

fn address(world: &World, params: &Params, caller: &Caller<'_>) -> Result<(), Refused> {
    let config = &world.config;
    let ip = caller.address(config);
    let failures = world.ledger.whmcs.failed_logins.get(ip).copied().unwrap_or(0);
    let locked_out = config.lockout_after > 0 && failures >= config.lockout_after;
    if locked_out || config.banned_ips.iter().any(|banned| banned == ip) {
        return refuse(&format!("Forbidden IP {ip}"));
    }
    let key = &config.access_key;
    let has_key = !key.is_empty() && params.raw("accesskey") == key;
    // Single addresses only: no ranges.
    if has_key || config.allowed_ips.is_empty() || config.allowed_ips.iter().any(|allowed| allowed == ip) {
        return Ok(());
    }
    let status = match config.invalid_ip {
        InvalidIp::Forbidden => 403,
        InvalidIp::BadRequest => 400,
    };
    Err((status, format!("Invalid IP {ip}")))
}
