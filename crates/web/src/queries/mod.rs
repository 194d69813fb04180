//! What the pages read and do: answers are kept, shared and refreshed; a change throws away what it made wrong.
//!
//! A layer of our own on Leptos' signals. `leptos-fetch` costs 31 KB of the 200 that the whole app may have, and does not do three
//! things that the pages need: a failed refresh that leaves the old rows standing, a refresh that asks the portal for more than
//! a fetch does (`Cache-Control: no-cache`), and a second look shortly after a stale answer.

mod client;
mod entry;
pub mod identity;
mod mutations;
mod query;
pub mod security;

pub use crate::api::{ApiError, Freshness};
pub use client::QueryClient;
pub use mutations::{invoice_changed, sso_link};
pub use query::Query;

use shared_types::{
    account::{AccountChoiceView, MeView, SummaryView},
    auth::AuthOptionsView,
    billing::{InvoiceDetailView, InvoiceView},
    ids::InvoiceId,
    link::LinkView,
    page::{DataView, ItemView, ListView},
    security::{MfaView, SessionItemView},
};

use crate::{api, pages::billing::list_state::ListState};

/// The customer and what billing has on file.
pub fn use_me() -> Query<DataView<MeView>> {
    query::use_query(api::account::me)
}

/// Which ways in there are beside the portal's own password.
pub fn use_auth_options() -> Query<DataView<AuthOptionsView>> {
    query::use_query(api::auth::options)
}

/// How far linking has come in this browser, if it has begun.
pub fn use_link() -> Query<DataView<Option<LinkView>>> {
    query::use_query(api::auth::link)
}

/// The regions of a country.
pub fn use_regions(country: impl Fn() -> String + Send + Sync + 'static) -> Query<DataView<Vec<String>>> {
    query::use_query(move || api::account::regions(&country()))
}

/// What protects the account.
pub fn use_mfa() -> Query<DataView<MfaView>> {
    query::use_query(api::security::mfa)
}

/// Signed-in browsers.
pub fn use_sessions() -> Query<DataView<Vec<SessionItemView>>> {
    query::use_query(api::security::sessions)
}

/// Accounts that the person may act for.
pub fn use_accounts() -> Query<DataView<Vec<AccountChoiceView>>> {
    query::use_query(api::security::accounts)
}

/// The dashboard.
pub fn use_summary() -> Query<DataView<SummaryView>> {
    query::use_query(api::account::summary)
}

/// The page of invoices that a list's state names.
pub fn use_invoices(state: impl Fn() -> ListState + Send + Sync + 'static) -> Query<ListView<InvoiceView>> {
    query::use_query(move || {
        let state = state();
        api::invoices::list(state.page, state.size, state.filter, state.sort)
    })
}

/// One invoice.
pub fn use_invoice(id: impl Fn() -> InvoiceId + Send + Sync + 'static) -> Query<ItemView<InvoiceDetailView>> {
    query::use_query(move || api::invoices::detail(id()))
}
