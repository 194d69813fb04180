//! What the pages do, and which answers that makes wrong.

use shared_types::{
    auth::{ChallengeView, ConfirmCodeRequest, LoginRequest, SignupRequest},
    billing::{SsoLinkView, SsoPurpose},
    ids::InvoiceId,
};

use super::QueryClient;
use crate::{
    api::{self, ApiError},
    session::Farewell,
};

/// Signs in. Whatever was cached for somebody else is gone before the new person's pages open.
pub async fn sign_in(client: QueryClient, request: LoginRequest) -> Result<(), ApiError> {
    let view = api::auth::login(&request).await?;
    client.clear();
    client.session().accept(view);
    Ok(())
}

/// Signs out and forgets what was read.
pub async fn sign_out(client: QueryClient) -> Result<(), ApiError> {
    api::auth::logout().await?;
    client.clear();
    client.session().forget(Farewell::SignedOut);
    Ok(())
}

/// Asks for an account.
pub async fn sign_up(request: SignupRequest, key: String) -> Result<ChallengeView, ApiError> {
    api::auth::signup(&request, &key).await
}

/// Proves the address and signs in.
pub async fn confirm_signup(
    client: QueryClient,
    request: ConfirmCodeRequest,
    key: String,
) -> Result<(), ApiError> {
    let view = api::auth::confirm_signup(&request, &key).await?;
    client.clear();
    client.session().accept(view);
    Ok(())
}

/// Makes a link into the billing system. It works once, so it is never cached.
///
/// The caller has opened a tab for it and must close that before the password is asked for, so that is left to the caller.
pub async fn sso_link(id: InvoiceId, purpose: SsoPurpose, key: &str) -> Result<SsoLinkView, ApiError> {
    api::invoices::sso_link(id, purpose, key).await
}

/// An invoice changed its state: every list and sum that it stands in is asked for again.
pub fn invoice_changed(client: QueryClient) {
    client.invalidate(api::invoices::PREFIX);
    client.invalidate(api::account::SUMMARY);
}
