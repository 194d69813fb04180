//! What the pages do with invoices, and which answers that makes wrong.

use shared_types::{
    billing::{SsoLinkView, SsoPurpose},
    ids::InvoiceId,
};

use super::QueryClient;
use crate::api::{self, ApiError};

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
