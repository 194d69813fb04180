//! `GetPermissionsList`, `GetUserPermissions`, `UpdateUserPermissions` (8.0+).

use serde_json::{Value, json};

use crate::config::Presence;
use crate::ledger::whmcs::PERMISSIONS;
use crate::whmcs::wire::put_list;
use crate::whmcs::{Context, Fields, Refusal};

/// Says `status` where every other action says `result`.
#[expect(clippy::unnecessary_wraps, reason = "the signature of every action")]
pub fn list(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    context.success_flag = "status";
    let mut answer = Fields::new();
    let rows = PERMISSIONS.iter().map(|name| json!(name)).collect();
    put_list(&mut context.world.config, &mut answer, "permissions", Some("permission"), rows);
    Ok(answer)
}

/// The user and the client that a call names.
pub fn pair(context: &Context<'_>) -> Result<(u64, u64), Refusal> {
    let whmcs = &context.world.ledger.whmcs;
    let user_id = context.params.number("user_id").unwrap_or(0);
    let client_id = context.params.number("client_id").unwrap_or(0);
    if !whmcs.users.contains_key(&user_id) {
        return Err("Invalid user id".into());
    }
    if !whmcs.clients.contains_key(&client_id) {
        return Err("Invalid client id".into());
    }
    Ok((user_id, client_id))
}

/// The official example prints no permissions at all: the `user_permissions` switch.
pub fn get(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let (user_id, client_id) = pair(context)?;
    let world = &mut *context.world;
    let client = world.ledger.whmcs.clients.get(&client_id);
    let permissions = client
        .and_then(|client| client.permissions_of(user_id))
        .ok_or("User is not associated with client")?;
    let mut answer = Fields::new();
    if world.config.user_permissions == Presence::Present {
        let rows: Vec<Value> = permissions.iter().map(|name| json!(name)).collect();
        put_list(&mut world.config, &mut answer, "permissions", Some("permission"), rows);
    }
    Ok(answer)
}

pub fn update(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let (user_id, client_id) = pair(context)?;
    let wanted = context.params.text("permissions");
    let client = context.world.ledger.whmcs.clients.get_mut(&client_id).ok_or("Invalid client id")?;
    if client.owner_user_id == user_id {
        return Err("Permissions cannot be set on a client owner".into());
    }
    if wanted.is_empty() {
        return Err("Missing permissions definition".into());
    }
    if !client.members.contains(&user_id) {
        return Err("User is not associated with client".into());
    }
    let wanted: Vec<&str> = wanted.split(',').map(str::trim).collect();
    let granted = PERMISSIONS.into_iter().filter(|name| wanted.contains(name)).collect();
    client.permissions.insert(user_id, granted);
    Ok(Fields::new())
}
