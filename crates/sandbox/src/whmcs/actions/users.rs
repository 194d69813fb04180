//! `AddUser` and `UpdateUser` (8.0+).

use serde_json::json;

use super::add_client::{insert_user, plausible_email};
use crate::whmcs::wire::{fields, stored};
use crate::whmcs::{Context, Fields, Refusal};

pub fn add(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let params = context.params;
    let required = [
        ("firstname", "You did not enter a first name"),
        ("lastname", "You did not enter a last name"),
        ("email", "You did not enter an email address"),
        ("password2", "You did not enter a password"),
    ];
    if let Some((_, message)) = required.iter().find(|(name, _)| params.raw(name).trim().is_empty()) {
        return Err((*message).into());
    }
    available(context, params.text("email"), None)?;
    let id = insert_user(context);
    context.world.hooks.fire("UserAdd", json!({ "user_id": id }));
    Ok(fields(json!({ "user_id": id })))
}

pub fn update(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let params = context.params;
    let id = params.number("user_id").unwrap_or(0);
    if !context.world.ledger.whmcs.users.contains_key(&id) {
        return Err("Invalid User ID requested".into());
    }
    if !["email", "firstname", "lastname", "language"].iter().any(|name| params.given(name)) {
        return Err("One of `email`, `firstname`, `lastname`, or `language` is required".into());
    }
    if params.given("email") {
        available(context, params.text("email"), Some(id))?;
    }
    if let Some(user) = context.world.ledger.whmcs.users.get_mut(&id) {
        let columns = [
            ("firstname", &mut user.first_name),
            ("lastname", &mut user.last_name),
            ("language", &mut user.language),
        ];
        for (name, column) in columns {
            if params.given(name) {
                *column = stored(params.text(name));
            }
        }
        if params.given("email") {
            params.text("email").clone_into(&mut user.email);
        }
    }
    context.world.hooks.fire("UserEdit", json!({ "user_id": id }));
    Ok(fields(json!({ "user_id": id })))
}

/// An address that is one, and that no other user has.
fn available(context: &Context<'_>, email: &str, own: Option<u64>) -> Result<(), Refusal> {
    if !plausible_email(email) {
        return Err("The email address entered is not valid".into());
    }
    match context.world.ledger.whmcs.user_by_email(email) {
        Some(user) if Some(user.id) != own => Err("A user already exists with that email address".into()),
        _ => Ok(()),
    }
}
