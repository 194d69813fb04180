//! Billing by WHMCS.

use async_trait::async_trait;
use secrecy::SecretString;
use shared_types::{
    account::{BillingContactView, ServicesSummary},
    billing::{InvoiceDetailView, InvoiceFilter, InvoiceSort},
    ids::InvoiceId,
    money::CurrencyCode,
};
use tokio::time::Instant;
use whmcs::{
    Client, ClientId, InvoiceOrder, NotSent, Outcome, RefusalKind, ServiceStatus, SsoDestination, SsoRequest,
    Unknown, UserChanges, UserId,
};

use super::{
    Caller, Upstream, UpstreamError, UpstreamFailure, WriteError, WriteRefusal,
    billing::{Billing, BillingUser, InvoicePage, InvoiceQuery, NewCustomer, SsoTarget},
    guard::{CallError, Guard, GuardError, Verdict},
    whmcs_views,
};
use crate::{
    clock::Clock,
    domain::{account::BillingAccount, profile::ContactChange},
};

/// Rows per call when a whole list is read. WHMCS documents no maximum; public clients keep to 250.
const PAGE: u32 = 250;
/// Most services that are counted: a bound for a list that does not end.
const MAX_SERVICES: u64 = 10_000;

/// The adapter.
pub struct WhmcsBilling {
    client: Client,
    guard: Guard,
    clock: Clock,
}

impl WhmcsBilling {
    /// Billing through `client`, within the bounds of `guard`.
    #[must_use]
    pub const fn new(client: Client, guard: Guard, clock: Clock) -> Self {
        Self { client, guard, clock }
    }

    async fn details(&self, caller: Caller, client: ClientId) -> Result<whmcs::ClientDetails, UpstreamError> {
        let call = || self.client.client_details(client, caller.deadline);
        self.guard.read(Some(caller.user), caller.deadline, call).await.map_err(read_error)
    }

    /// The currency of a list whose rows do not name it.
    async fn currency(&self, caller: Caller, client: ClientId) -> Result<CurrencyCode, UpstreamError> {
        let code = self.details(caller, client).await?.currency_code.unwrap_or_default();
        CurrencyCode::new(&code).map_err(|_| nonsense("the client has no usable currency"))
    }
}

#[async_trait]
impl Billing for WhmcsBilling {
    async fn version(&self, deadline: Instant) -> Result<String, UpstreamError> {
        let call = || self.client.whmcs_details(deadline);
        self.guard.read(None, deadline, call).await.map(|details| details.version).map_err(read_error)
    }

    async fn contact(
        &self,
        caller: Caller,
        account: BillingAccount,
    ) -> Result<BillingContactView, UpstreamError> {
        self.details(caller, ClientId::new(account.client_id)).await.map(whmcs_views::contact)
    }

    async fn invoices(
        &self,
        caller: Caller,
        account: BillingAccount,
        query: InvoiceQuery,
    ) -> Result<InvoicePage, UpstreamError> {
        let client = ClientId::new(account.client_id);
        let wire = wire_query(query);
        let call = || self.client.invoices(client, &wire, caller.deadline);
        let page = self.guard.read(Some(caller.user), caller.deadline, call).await.map_err(read_error)?;
        let today = self.clock.now().date_naive();
        let mut client_currency = None;
        let mut rows = Vec::with_capacity(page.rows.len());
        for row in &page.rows {
            let currency = match (row.currency_code.as_deref().map(CurrencyCode::new), &client_currency) {
                (Some(Ok(code)), _) => code,
                (_, Some(code)) => CurrencyCode::clone(code),
                (_, None) => client_currency.insert(self.currency(caller, client).await?).clone(),
            };
            rows.push(whmcs_views::row(row, &currency, today).map_err(|_| nonsense("an amount"))?);
        }
        // WHMCS counts drafts, which nobody sees. On a list of one page the exact number is at hand.
        let whole = page.total <= u64::from(query.size) && query.page == 1;
        let total = if whole { u64::try_from(rows.len()).unwrap_or(page.total) } else { page.total };
        Ok(InvoicePage { rows, total })
    }

    async fn invoice(
        &self,
        caller: Caller,
        account: BillingAccount,
        id: InvoiceId,
        currency: &CurrencyCode,
    ) -> Result<InvoiceDetailView, UpstreamError> {
        let (client, id) = (ClientId::new(account.client_id), whmcs::InvoiceId::new(id.0));
        let call = || self.client.invoice(client, id, caller.deadline);
        let found = self.guard.read(Some(caller.user), caller.deadline, call).await.map_err(read_error)?;
        let invoice = found.ok_or_else(|| error(UpstreamFailure::NotFound, "no such invoice"))?;
        whmcs_views::invoice(invoice, currency, self.clock.now().date_naive())
            .map_err(|_| nonsense("an amount"))
    }

    async fn service_counts(
        &self,
        caller: Caller,
        account: BillingAccount,
    ) -> Result<ServicesSummary, UpstreamError> {
        let client = ClientId::new(account.client_id);
        let mut counts = ServicesSummary { active: 0, suspended: 0, pending: 0, total: 0 };
        let mut offset = 0;
        loop {
            let call = || self.client.services(client, offset, PAGE, caller.deadline);
            let page = self.guard.read(Some(caller.user), caller.deadline, call).await.map_err(read_error)?;
            for service in &page.rows {
                counts.total += 1;
                match service.status {
                    ServiceStatus::Active => counts.active += 1,
                    ServiceStatus::Suspended => counts.suspended += 1,
                    ServiceStatus::Pending => counts.pending += 1,
                    _ => {}
                }
            }
            offset += u64::from(PAGE);
            if page.rows.is_empty() || offset >= page.total.min(MAX_SERVICES) {
                return Ok(counts);
            }
        }
    }

    async fn sso_link(
        &self,
        caller: Caller,
        account: BillingAccount,
        target: SsoTarget,
    ) -> Result<SecretString, UpstreamError> {
        let destination = match target {
            SsoTarget::Invoice(id) => SsoDestination::Invoice(whmcs::InvoiceId::new(id.0)),
            SsoTarget::InvoicePdf(id) => SsoDestination::InvoicePdf(whmcs::InvoiceId::new(id.0)),
        };
        let request = SsoRequest {
            client_id: ClientId::new(account.client_id),
            user_id: Some(UserId::new(account.user_id)),
            destination,
        };
        let call = self.client.create_sso_token(&request, caller.deadline);
        let link = self.guard.write(Some(caller.user), caller.deadline, call).await.map_err(read_error)?;
        Ok(link.expose().to_owned().into())
    }

    async fn users_by_email(&self, caller: Caller, email: &str) -> Result<Vec<BillingUser>, UpstreamError> {
        let call = || self.client.find_users(email, caller.deadline);
        let users = self.guard.read(Some(caller.user), caller.deadline, call).await.map_err(read_error)?;
        let owned = |user: &whmcs::User| {
            user.clients.iter().filter(|part| part.is_owner).map(|part| part.id.get()).collect()
        };
        Ok(users
            .iter()
            .map(|user| BillingUser { user_id: user.id.get(), owned_clients: owned(user) })
            .collect())
    }

    async fn has_marker(&self, caller: Caller, client_id: u64, marker: &str) -> Result<bool, UpstreamError> {
        Ok(self.details(caller, ClientId::new(client_id)).await?.notes_contain(marker))
    }

    async fn create_customer(
        &self,
        caller: Caller,
        customer: &NewCustomer,
    ) -> Result<BillingAccount, WriteError> {
        let mut new = whmcs::NewClient::new(
            customer.first_name.clone(),
            customer.last_name.clone(),
            customer.email.clone(),
            customer.password.clone(),
        );
        new.company_name = Some(customer.company_name.clone()).filter(|name| !name.is_empty());
        new.notes = Some(customer.marker.clone());
        // The portal writes to its customers itself, and asks for the address when it is first needed.
        new.no_email = true;
        new.skip_validation = true;
        let call = self.client.add_client(&new, caller.deadline);
        let added = self.guard.write(Some(caller.user), caller.deadline, call).await.map_err(write_error)?;
        let user_id = match added.owner_user_id {
            Some(user) => user.get(),
            None => self.owner(caller, added.client_id).await.map_err(WriteError::Unknown)?,
        };
        Ok(BillingAccount { client_id: added.client_id.get(), user_id })
    }

    async fn update_contact(
        &self,
        caller: Caller,
        account: BillingAccount,
        change: &ContactChange,
    ) -> Result<(), WriteError> {
        let client = ClientId::new(account.client_id);
        let changes = whmcs_views::changes(change);
        let call = self.client.update_client(client, &changes, caller.deadline);
        self.guard.write(Some(caller.user), caller.deadline, call).await.map_err(write_error)
    }

    async fn rename_login(
        &self,
        caller: Caller,
        account: BillingAccount,
        first_name: &str,
        last_name: &str,
    ) -> Result<(), WriteError> {
        let changes = UserChanges {
            first_name: Some(first_name.to_owned()),
            last_name: Some(last_name.to_owned()),
            ..UserChanges::default()
        };
        let call = self.client.update_user(UserId::new(account.user_id), &changes, caller.deadline);
        self.guard.write(Some(caller.user), caller.deadline, call).await.map_err(write_error)
    }
}

impl WhmcsBilling {
    /// Not every version answers AddClient with the new login.
    async fn owner(&self, caller: Caller, client: ClientId) -> Result<u64, UpstreamError> {
        let details = self.details(caller, client).await?;
        details.owner_user_id.map(UserId::get).ok_or_else(|| nonsense("the client has no owner"))
    }
}

fn wire_query(query: InvoiceQuery) -> whmcs::InvoiceQuery {
    let (order_by, descending) = match query.sort {
        InvoiceSort::NewestFirst => (InvoiceOrder::Date, true),
        InvoiceSort::OldestFirst => (InvoiceOrder::Date, false),
        InvoiceSort::DueFirst => (InvoiceOrder::DueDate, false),
        InvoiceSort::DueLast => (InvoiceOrder::DueDate, true),
        InvoiceSort::SmallestFirst => (InvoiceOrder::Total, false),
        InvoiceSort::LargestFirst => (InvoiceOrder::Total, true),
        InvoiceSort::Number => (InvoiceOrder::InvoiceNumber, false),
        InvoiceSort::NumberDescending => (InvoiceOrder::InvoiceNumber, true),
    };
    whmcs::InvoiceQuery {
        status: query.filter.map(|filter| match filter {
            InvoiceFilter::Unpaid => whmcs::InvoiceFilter::Unpaid,
            InvoiceFilter::Overdue => whmcs::InvoiceFilter::Overdue,
            InvoiceFilter::Paid => whmcs::InvoiceFilter::Paid,
            InvoiceFilter::Cancelled => whmcs::InvoiceFilter::Cancelled,
            InvoiceFilter::Refunded => whmcs::InvoiceFilter::Refunded,
            InvoiceFilter::Collections => whmcs::InvoiceFilter::Collections,
            InvoiceFilter::PaymentPending => whmcs::InvoiceFilter::PaymentPending,
        }),
        order_by,
        descending,
        offset: u64::from(query.page.saturating_sub(1)) * u64::from(query.size),
        limit: query.size,
    }
}

pub(super) fn error(failure: UpstreamFailure, what: impl Into<String>) -> UpstreamError {
    UpstreamError::new(Upstream::Whmcs, failure, what)
}

pub(super) fn nonsense(what: &str) -> UpstreamError {
    error(UpstreamFailure::Invalid, what)
}

pub(super) fn read_error(guarded: GuardError<whmcs::Error>) -> UpstreamError {
    match guarded {
        GuardError::Rejected { retry_after } => {
            error(UpstreamFailure::Unavailable, "left alone for now").with_retry_after(Some(retry_after))
        }
        GuardError::Deadline => error(UpstreamFailure::Timeout, "cut off at the deadline"),
        GuardError::Inner(inner) => {
            let failure = match &inner {
                whmcs::Error::NotSent(NotSent::DeadlinePassed) | whmcs::Error::Unknown(Unknown::Timeout) => {
                    UpstreamFailure::Timeout
                }
                whmcs::Error::NotSent(NotSent::InvalidRequest) => UpstreamFailure::Internal,
                whmcs::Error::Refused(refusal) => match refusal.kind() {
                    RefusalKind::SsoBlocked => UpstreamFailure::SingleSignOnBlocked,
                    RefusalKind::ClientNotFound | RefusalKind::InvoiceNotFound => UpstreamFailure::NotFound,
                    _ => UpstreamFailure::Invalid,
                },
                whmcs::Error::NotSent(NotSent::Connect)
                | whmcs::Error::Unknown(
                    Unknown::ConnectionLost | Unknown::HttpStatus { status: 429 | 502..=504, .. },
                ) => UpstreamFailure::Unavailable,
                whmcs::Error::Denied(_) | whmcs::Error::Unknown(_) => UpstreamFailure::Invalid,
            };
            error(failure, inner.to_string()).with_retry_after(inner.retry_after())
        }
    }
}

fn write_error(guarded: GuardError<whmcs::Error>) -> WriteError {
    let refusal = match &guarded {
        GuardError::Rejected { .. } => None,
        GuardError::Deadline => return WriteError::Unknown(read_error(guarded)),
        GuardError::Inner(inner) => match inner.outcome() {
            Outcome::NotSent => None,
            Outcome::Unknown => return WriteError::Unknown(read_error(guarded)),
            Outcome::Refused => Some(match inner {
                whmcs::Error::Refused(refusal) => match refusal.kind() {
                    RefusalKind::EmailTaken | RefusalKind::EmailUnavailable => WriteRefusal::EmailTaken,
                    RefusalKind::FieldMissing(name) => whmcs_views::field_refusal(name, true),
                    RefusalKind::FieldInvalid(name) => whmcs_views::field_refusal(name, false),
                    _ => WriteRefusal::NeedsPerson,
                },
                _ => WriteRefusal::AccessDenied,
            }),
        },
    };
    match refusal {
        Some(refusal) => WriteError::Refused(refusal, read_error(guarded)),
        None => WriteError::NotSent(read_error(guarded)),
    }
}

/// Refusals of WHMCS are answers: they neither open the breaker nor are they tried again.
impl CallError for whmcs::Error {
    fn verdict(&self) -> Verdict {
        match self {
            Self::NotSent(NotSent::Connect) | Self::Unknown(_) => Verdict::Failure,
            Self::NotSent(_) | Self::Refused(_) | Self::Denied(_) => Verdict::Neutral,
        }
    }

    fn retry_after(&self) -> Option<std::time::Duration> {
        Self::retry_after(self)
    }
}
