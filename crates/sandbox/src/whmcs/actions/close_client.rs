//! `CloseClient` and `DeleteUserClient`: ends of relationships.

use serde_json::json;

use super::permissions::pair;
use crate::ledger::whmcs::ClientStatus;
use crate::whmcs::{Context, Fields, Refusal};

pub fn close(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let id = context.params.number("clientid").unwrap_or(0);
    let client = context.world.ledger.whmcs.clients.get_mut(&id).ok_or("Client ID Not Found")?;
    client.status = ClientStatus::Closed;
    context.world.hooks.fire("ClientClose", json!({ "client_id": id }));
    Ok(Fields::new())
}

/// A user who is not the owner loses sight of a client.
pub fn remove_user(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let (user_id, client_id) = pair(context)?;
    let client = context.world.ledger.whmcs.clients.get_mut(&client_id).ok_or("Invalid client id")?;
    if client.owner_user_id == user_id {
        return Err("You cannot remove the account owner".into());
    }
    if !client.members.contains(&user_id) {
        return Err("User is not associated with client".into());
    }
    client.members.retain(|member| *member != user_id);
    client.permissions.remove(&user_id);
    Ok(Fields::new())
}
