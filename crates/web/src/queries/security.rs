//! Password, factors, sessions and accounts: what the pages do, and which answers that makes wrong.
//!
//! Steps that need a fresh proof ask for it and go on, by [`Session::guarded`](crate::session::Session::guarded).

use shared_types::{
    account::{MeView, SavedView, SwitchAccountRequest, SyncState, UpdateBillingRequest, UpdateMeRequest},
    auth::{ChallengeView, ConfirmCodeRequest},
    ids::{ActivityId, PasskeyId, SessionId},
    security::{
        ActivityPageView, AddPasskeyRequest, ChangeEmailRequest, ChangePasswordRequest, ConfirmTotpRequest,
        PasskeyAddedView, RecoveryCodesView, TotpSetupView,
    },
};

use super::{QueryClient, identity::PasskeyError};
use crate::{
    api::{self, ApiError, security as calls},
    passkeys,
};

pub use crate::api::security::{ACTIVITY_CSV, EXPORT};

/// The factors changed: the page and what a fresh proof is given with are asked for again.
fn factors_changed(client: QueryClient) {
    client.invalidate(calls::MFA);
    client.session().load();
}

/// Replaces the password. All other sessions have ended then.
pub async fn change_password(
    client: QueryClient,
    request: ChangePasswordRequest,
    key: String,
) -> Result<(), ApiError> {
    let session = client.session();
    let view = session.guarded(|| calls::change_password(&request, &key)).await?;
    session.accept(view);
    client.invalidate(calls::SESSIONS);
    Ok(())
}

/// Asks for another address.
pub async fn change_email(
    client: QueryClient,
    request: ChangeEmailRequest,
    key: String,
) -> Result<ChallengeView, ApiError> {
    client.session().guarded(|| calls::change_email(&request, &key)).await
}

/// Proves the other address.
pub async fn confirm_email(
    client: QueryClient,
    request: ConfirmCodeRequest,
    key: String,
) -> Result<MeView, ApiError> {
    let me = client.session().guarded(|| calls::confirm_email(&request, &key)).await?;
    client.invalidate(api::account::ME);
    client.session().load();
    Ok(me)
}

/// Ends one session.
pub async fn end_session(client: QueryClient, id: SessionId, key: String) -> Result<(), ApiError> {
    client.session().guarded(|| calls::end_session(id, &key)).await?;
    client.invalidate(calls::SESSIONS);
    Ok(())
}

/// Ends all other sessions.
pub async fn end_other_sessions(client: QueryClient, key: String) -> Result<(), ApiError> {
    client.session().guarded(|| calls::end_other_sessions(&key)).await?;
    client.invalidate(calls::SESSIONS);
    Ok(())
}

/// The activity before a line, or the newest.
pub async fn activity(client: QueryClient, before: Option<ActivityId>) -> Result<ActivityPageView, ApiError> {
    client.session().guarded(|| calls::activity(before)).await
}

/// A key for an authenticator app.
pub async fn begin_totp(client: QueryClient, key: String) -> Result<TotpSetupView, ApiError> {
    client.session().guarded(|| calls::begin_totp(&key)).await
}

/// Activates the app.
pub async fn confirm_totp(
    client: QueryClient,
    request: ConfirmTotpRequest,
    key: String,
) -> Result<RecoveryCodesView, ApiError> {
    let codes = client.session().guarded(|| calls::confirm_totp(&request, &key)).await?;
    factors_changed(client);
    Ok(codes)
}

/// Takes the app away.
pub async fn remove_totp(client: QueryClient, key: String) -> Result<(), ApiError> {
    client.session().guarded(|| calls::remove_totp(&key)).await?;
    factors_changed(client);
    Ok(())
}

/// Ten new recovery codes.
pub async fn new_recovery_codes(client: QueryClient, key: String) -> Result<RecoveryCodesView, ApiError> {
    let codes = client.session().guarded(|| calls::new_recovery_codes(&key)).await?;
    factors_changed(client);
    Ok(codes)
}

/// Makes a passkey in the browser and adds it. Each of the two requests has a key of its own.
pub async fn add_passkey(
    client: QueryClient,
    name: String,
    keys: (String, String),
) -> Result<PasskeyAddedView, PasskeyError> {
    let session = client.session();
    let ceremony = session.guarded(|| calls::passkey_options(&keys.0)).await?;
    let credential = passkeys::create(&ceremony.options).await.map_err(PasskeyError::Browser)?;
    let request = AddPasskeyRequest { ceremony_id: ceremony.ceremony_id, name, credential };
    let added = session.guarded(|| calls::add_passkey(&request, &keys.1)).await?;
    factors_changed(client);
    Ok(added)
}

/// Takes a passkey away.
pub async fn remove_passkey(client: QueryClient, id: PasskeyId, key: String) -> Result<(), ApiError> {
    client.session().guarded(|| calls::remove_passkey(id, &key)).await?;
    factors_changed(client);
    Ok(())
}

/// Acts for another account: nothing that was read for the one before may be shown.
pub async fn switch_account(client: QueryClient, client_id: u64, key: String) -> Result<(), ApiError> {
    let request = SwitchAccountRequest { client_id };
    let view = client.session().guarded(|| calls::switch_account(&request, &key)).await?;
    client.clear();
    client.session().accept(view);
    Ok(())
}

/// Whether a change is everywhere: what each system behind has made of it.
fn settled<T>(saved: &SavedView<T>) -> bool {
    saved.billing == SyncState::Saved && saved.support == SyncState::Saved
}

/// Changes the person's name. Says whether it is everywhere by now.
pub async fn update_me(client: QueryClient, request: UpdateMeRequest, key: String) -> Result<bool, ApiError> {
    let saved = client.session().guarded(|| api::account::update_me(&request, &key)).await?;
    client.invalidate(api::account::ME);
    client.session().load();
    Ok(settled(&saved))
}

/// Changes the billing details. Says whether they are everywhere by now.
pub async fn update_billing(
    client: QueryClient,
    request: UpdateBillingRequest,
    key: String,
) -> Result<bool, ApiError> {
    let saved = client.session().guarded(|| api::account::update_billing(&request, &key)).await?;
    client.invalidate(api::account::ME);
    Ok(settled(&saved))
}
