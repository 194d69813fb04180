//! Password, factors, sessions and activity.

use shared_types::{
    account::{AccountChoiceView, MeView, SwitchAccountRequest},
    auth::{ChallengeView, ConfirmCodeRequest, PasskeyCeremonyView, SessionView},
    ids::{ActivityId, PasskeyId, SessionId},
    page::DataView,
    security::{
        ActivityPageView, AddPasskeyRequest, ChangeEmailRequest, ChangePasswordRequest, ConfirmTotpRequest,
        MfaView, PasskeyAddedView, RecoveryCodesView, SessionItemView, TotpSetupView,
    },
};

use super::{
    ApiError, Freshness, Read,
    transport::{data_of, delete, done, get, post, post_nothing},
};

/// What protects the account.
pub const MFA: &str = "/api/me/mfa";
/// Signed-in browsers.
pub const SESSIONS: &str = "/api/me/sessions";
/// All activity as a file to keep.
pub const ACTIVITY_CSV: &str = "/api/me/activity/csv";
/// Everything that the portal holds of the person, as a file to keep.
pub const EXPORT: &str = "/api/me/export";

const TOTP: &str = "/api/me/mfa/totp";
const PASSKEYS: &str = "/api/me/mfa/passkeys";

/// What protects the account.
pub fn mfa() -> Read<DataView<MfaView>> {
    Read::new(MFA)
}

/// Signed-in browsers.
pub fn sessions() -> Read<DataView<Vec<SessionItemView>>> {
    Read::new(SESSIONS)
}

/// Accounts that the person may act for.
pub fn accounts() -> Read<DataView<Vec<AccountChoiceView>>> {
    Read::new("/api/me/accounts")
}

/// The activity before a line, or the newest.
pub async fn activity(before: Option<ActivityId>) -> Result<ActivityPageView, ApiError> {
    let path = match before {
        None => "/api/me/activity".to_owned(),
        Some(before) => format!("/api/me/activity?before={before}"),
    };
    get(&path, Freshness::Any).await?.decode()
}

/// Replaces the password; the session gets a new token.
pub async fn change_password(request: &ChangePasswordRequest, key: &str) -> Result<SessionView, ApiError> {
    data_of(post("/api/me/password", request, Some(key))).await
}

/// Asks for another address; a code is mailed to it.
pub async fn change_email(request: &ChangeEmailRequest, key: &str) -> Result<ChallengeView, ApiError> {
    data_of(post("/api/me/email", request, Some(key))).await
}

/// Proves the other address.
pub async fn confirm_email(request: &ConfirmCodeRequest, key: &str) -> Result<MeView, ApiError> {
    data_of(post("/api/me/email/confirm", request, Some(key))).await
}

/// Ends one session.
pub async fn end_session(id: SessionId, key: &str) -> Result<(), ApiError> {
    done(delete(&format!("{SESSIONS}/{id}"), key)).await
}

/// Ends all other sessions.
pub async fn end_other_sessions(key: &str) -> Result<(), ApiError> {
    done(delete(SESSIONS, key)).await
}

/// A key for an authenticator app.
pub async fn begin_totp(key: &str) -> Result<TotpSetupView, ApiError> {
    data_of(post_nothing(TOTP, Some(key))).await
}

/// Activates the app.
pub async fn confirm_totp(request: &ConfirmTotpRequest, key: &str) -> Result<RecoveryCodesView, ApiError> {
    data_of(post("/api/me/mfa/totp/confirm", request, Some(key))).await
}

/// Takes the app away.
pub async fn remove_totp(key: &str) -> Result<(), ApiError> {
    done(delete(TOTP, key)).await
}

/// Ten new recovery codes; those of before are dead.
pub async fn new_recovery_codes(key: &str) -> Result<RecoveryCodesView, ApiError> {
    data_of(post_nothing("/api/me/mfa/recovery-codes", Some(key))).await
}

/// What the browser's dialog for a new passkey needs.
pub async fn passkey_options(key: &str) -> Result<PasskeyCeremonyView, ApiError> {
    data_of(post_nothing(&format!("{PASSKEYS}/options"), Some(key))).await
}

/// Adds a passkey.
pub async fn add_passkey(request: &AddPasskeyRequest, key: &str) -> Result<PasskeyAddedView, ApiError> {
    data_of(post(PASSKEYS, request, Some(key))).await
}

/// Takes a passkey away.
pub async fn remove_passkey(id: PasskeyId, key: &str) -> Result<(), ApiError> {
    done(delete(&format!("{PASSKEYS}/{id}"), key)).await
}

/// Acts for another account.
pub async fn switch_account(request: &SwitchAccountRequest, key: &str) -> Result<SessionView, ApiError> {
    data_of(post("/api/me/accounts/switch", request, Some(key))).await
}
