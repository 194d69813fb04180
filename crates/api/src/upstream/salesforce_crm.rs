//! Support by Salesforce.

use async_trait::async_trait;
use salesforce::{Client, CustomerRecord, NotSent, Outcome, RefusalKind, SalesforceId, Unknown};

use super::{
    Caller, Upstream, UpstreamError, UpstreamFailure, WriteError, WriteRefusal,
    crm::{Crm, CrmCustomer, CrmIds},
    guard::{CallError, Guard, GuardError, Verdict},
};

/// The adapter.
pub struct SalesforceCrm {
    client: Client,
    guard: Guard,
}

impl SalesforceCrm {
    /// Support through `client`, within the bounds of `guard`.
    #[must_use]
    pub const fn new(client: Client, guard: Guard) -> Self {
        Self { client, guard }
    }
}

#[async_trait]
impl Crm for SalesforceCrm {
    async fn upsert_customer(&self, caller: Caller, customer: &CrmCustomer) -> Result<CrmIds, WriteError> {
        let record = CustomerRecord {
            client_key: customer.client_id.to_string(),
            contact_key: format!("{}-{}", customer.client_id, customer.user_id),
            account_name: customer.account_name.clone(),
            first_name: customer.first_name.clone(),
            last_name: customer.last_name.clone(),
            email: customer.email.clone(),
            phone: customer.phone.clone(),
        };
        let call = self.client.upsert_customer(&record, caller.deadline);
        let ids = self.guard.write(Some(caller.user), caller.deadline, call).await.map_err(write_error)?;
        Ok(CrmIds { account: ids.account.as_str().to_owned(), contact: ids.contact.as_str().to_owned() })
    }

    async fn open_cases(&self, caller: Caller, account: &str) -> Result<u64, UpstreamError> {
        let account: SalesforceId = account.parse().map_err(|_| {
            UpstreamError::new(
                Upstream::Salesforce,
                UpstreamFailure::Internal,
                "the stored account id is none",
            )
        })?;
        let call = || self.client.open_case_count(&account, caller.deadline);
        self.guard.read(Some(caller.user), caller.deadline, call).await.map_err(read_error)
    }
}

fn error(failure: UpstreamFailure, what: impl Into<String>) -> UpstreamError {
    UpstreamError::new(Upstream::Salesforce, failure, what)
}

fn read_error(guarded: GuardError<salesforce::Error>) -> UpstreamError {
    match guarded {
        GuardError::Rejected { retry_after } => {
            error(UpstreamFailure::Unavailable, "left alone for now").with_retry_after(Some(retry_after))
        }
        GuardError::Deadline => error(UpstreamFailure::Timeout, "cut off at the deadline"),
        GuardError::Inner(inner) => {
            let failure = match &inner {
                salesforce::Error::NotSent(NotSent::Unreachable)
                | salesforce::Error::Unknown(Unknown::ConnectionLost | Unknown::ServerFailure { .. })
                | salesforce::Error::Login(_) => UpstreamFailure::Unavailable,
                salesforce::Error::NotSent(NotSent::DeadlinePassed)
                | salesforce::Error::Unknown(Unknown::TimedOut) => UpstreamFailure::Timeout,
                salesforce::Error::NotSent(NotSent::InvalidInput(_)) => UpstreamFailure::Internal,
                salesforce::Error::Refused(refusal) => match refusal.kind() {
                    RefusalKind::Gone | RefusalKind::Deleted => UpstreamFailure::NotFound,
                    _ if refusal.is_transient() => UpstreamFailure::Unavailable,
                    _ => UpstreamFailure::Invalid,
                },
                salesforce::Error::Unknown(_) => UpstreamFailure::Invalid,
            };
            error(failure, inner.to_string())
        }
    }
}

fn write_error(guarded: GuardError<salesforce::Error>) -> WriteError {
    let outcome = match &guarded {
        GuardError::Rejected { .. } => Outcome::NotSent,
        GuardError::Deadline => Outcome::Unknown,
        GuardError::Inner(salesforce::Error::Refused(refusal)) if refusal.is_transient() => Outcome::NotSent,
        GuardError::Inner(inner) => inner.outcome(),
    };
    match outcome {
        Outcome::NotSent => WriteError::NotSent(read_error(guarded)),
        Outcome::Unknown => WriteError::Unknown(read_error(guarded)),
        Outcome::Refused => WriteError::Refused(WriteRefusal::NeedsPerson, read_error(guarded)),
    }
}

/// Refusals of Salesforce are answers, unless it says by them that it is overloaded.
impl CallError for salesforce::Error {
    fn verdict(&self) -> Verdict {
        match self {
            Self::NotSent(NotSent::Unreachable) | Self::Unknown(_) | Self::Login(_) => Verdict::Failure,
            Self::Refused(refusal) if refusal.is_transient() => Verdict::Failure,
            Self::NotSent(_) | Self::Refused(_) => Verdict::Neutral,
        }
    }

    fn retry_after(&self) -> Option<std::time::Duration> {
        None
    }
}
