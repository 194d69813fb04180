//! What customers read of billing and support: each reading through the cache, under the customer's own key.
//!
//! Values are JSON objects with a member `data` (and `page`, for lists), so that an answer is the value plus `meta`.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use shared_types::{
    account::{BillingContactView, ServicesSummary, SupportSummary},
    billing::{InvoiceDetailView, InvoiceStatus, InvoiceView},
    ids::{InvoiceId, UserId},
    money::CurrencyCode,
    page::Page,
};
use tokio::time::Instant;

use crate::{
    cache::{Cache, CacheKey, Hit, LoaderError, Namespace, Scope},
    domain::account::BillingAccount,
    upstream::{
        Caller, Upstream, UpstreamError, UpstreamFailure,
        billing::{Billing, InvoiceQuery},
        crm::Crm,
    },
};

/// A list as it lies in the cache.
#[derive(Debug, Serialize, Deserialize)]
pub struct StoredList<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Which part of the list.
    pub page: Page,
}

/// A single value as it lies in the cache.
#[derive(Debug, Serialize, Deserialize)]
pub struct StoredItem<T> {
    /// The value.
    pub data: T,
}

/// Who reads, how old the answer may be, and how long the reader waits.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// The user: part of every key.
    pub user: UserId,
    /// The user's customer in billing.
    pub account: BillingAccount,
    /// `None`: as the cache's own times have it.
    pub max_age: Option<Duration>,
    /// Nobody waits longer, however many readings an answer needs.
    pub deadline: Instant,
}

impl Reader {
    fn caller(&self) -> Caller {
        Caller { user: self.user, deadline: self.deadline }
    }
}

/// The readings.
#[derive(Clone)]
pub struct Readings {
    cache: Cache,
    billing: Arc<dyn Billing>,
    crm: Arc<dyn Crm>,
    /// The last status that each invoice was seen in: when a reading shows another one, the lists are out of date.
    seen: moka::sync::Cache<(UserId, BillingAccount, InvoiceId), InvoiceStatus>,
}

/// Invoices whose status is remembered.
const SEEN: u64 = 50_000;

impl Readings {
    /// Readings through one cache.
    #[must_use]
    pub fn new(cache: Cache, billing: Arc<dyn Billing>, crm: Arc<dyn Crm>) -> Self {
        Self { cache, billing, crm, seen: moka::sync::Cache::new(SEEN) }
    }

    /// A page of invoices: [`StoredList`] of [`InvoiceView`].
    pub async fn invoices(&self, reader: Reader, query: InvoiceQuery) -> Result<Hit, UpstreamError> {
        let params = (reader.account, query.page, query.size, query.filter, query.sort);
        let (billing, caller) = (Arc::clone(&self.billing), reader.caller());
        let load = move || async move {
            let found = billing.invoices(caller, reader.account, query).await?;
            Ok(StoredList::<InvoiceView> {
                data: found.rows,
                page: Page::new(query.page, query.size, found.total),
            })
        };
        let key = key(reader.user, Namespace::Invoices, &params)?;
        self.cache.read(&key, reader.max_age, caller.deadline, load).await
    }

    /// One invoice: [`StoredItem`] of [`InvoiceDetailView`].
    pub async fn invoice(&self, reader: Reader, id: InvoiceId) -> Result<Hit, UpstreamError> {
        // The currency is the customer's and hardly ever changes: any copy will do.
        let contact = self.contact(Reader { max_age: None, ..reader }).await?;
        let contact: StoredItem<BillingContactView> = decode(&contact)?;
        let currency = CurrencyCode::new(&contact.data.currency).map_err(|_| {
            UpstreamError::new(Upstream::Whmcs, UpstreamFailure::Invalid, "the client has no usable currency")
        })?;
        let (billing, caller, readings) = (Arc::clone(&self.billing), reader.caller(), self.clone());
        let load = move || async move {
            let data = billing.invoice(caller, reader.account, id, &currency).await?;
            readings.notice(reader.user, reader.account, id, data.invoice.status).await;
            Ok(StoredItem::<InvoiceDetailView> { data })
        };
        let key = key(reader.user, Namespace::Invoice, &(reader.account, id))?;
        self.cache.read(&key, reader.max_age, caller.deadline, load).await
    }

    /// A payment shows in the invoice first. Lists that still say otherwise are dropped; if that fails they grow old by themselves.
    async fn notice(&self, user: UserId, account: BillingAccount, id: InvoiceId, status: InvoiceStatus) {
        let seen = (user, account, id);
        let before = self.seen.get(&seen);
        self.seen.insert(seen, status);
        if before.is_some_and(|before| before != status)
            && let Err(error) = self.cache.invalidate(Scope::User(user), Namespace::Invoices).await
        {
            tracing::warn!(%error, "lists of invoices could not be dropped");
        }
    }

    /// Name, address and currency: [`StoredItem`] of [`BillingContactView`].
    pub async fn contact(&self, reader: Reader) -> Result<Hit, UpstreamError> {
        let (billing, caller) = (Arc::clone(&self.billing), reader.caller());
        let load =
            move || async move { Ok(StoredItem { data: billing.contact(caller, reader.account).await? }) };
        let key = key(reader.user, Namespace::Client, &reader.account)?;
        self.cache.read(&key, reader.max_age, caller.deadline, load).await
    }

    /// Number of services by state: [`StoredItem`] of [`ServicesSummary`].
    pub async fn services(&self, reader: Reader) -> Result<Hit, UpstreamError> {
        let (billing, caller) = (Arc::clone(&self.billing), reader.caller());
        let load = move || async move {
            Ok(StoredItem::<ServicesSummary> { data: billing.service_counts(caller, reader.account).await? })
        };
        let key = key(reader.user, Namespace::Services, &(reader.account, "counts"))?;
        self.cache.read(&key, reader.max_age, caller.deadline, load).await
    }

    /// Number of open cases: [`StoredItem`] of [`SupportSummary`].
    pub async fn cases(&self, reader: Reader, crm_account: &str) -> Result<Hit, UpstreamError> {
        let (crm, caller, account) = (Arc::clone(&self.crm), reader.caller(), crm_account.to_owned());
        let load = move || async move {
            Ok(StoredItem { data: SupportSummary { open_cases: crm.open_cases(caller, &account).await? } })
        };
        let key = key(reader.user, Namespace::Cases, &(crm_account, "open"))?;
        self.cache.read(&key, reader.max_age, caller.deadline, load).await
    }
}

/// The value of a reading. A copy that cannot be read back is a fault of the portal.
pub fn decode<T: serde::de::DeserializeOwned>(hit: &Hit) -> Result<T, UpstreamError> {
    hit.decode().map_err(|_| UpstreamError::internal_error())
}

fn key(user: UserId, namespace: Namespace, params: &impl Serialize) -> Result<CacheKey, UpstreamError> {
    CacheKey::for_user(user, namespace, params).map_err(|_| UpstreamError::internal_error())
}

impl LoaderError for UpstreamError {
    fn may_serve_stale(&self) -> bool {
        self.is_outage()
    }

    fn timeout_error() -> Self {
        Self::new(Upstream::Whmcs, UpstreamFailure::Timeout, "no answer before the deadline")
    }

    fn internal_error() -> Self {
        Self::new(Upstream::Whmcs, UpstreamFailure::Internal, "a reading could not be stored or read back")
    }
}
