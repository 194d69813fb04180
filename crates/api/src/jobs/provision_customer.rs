//! Makes the customer in WHMCS, then in Salesforce, once, whatever dies in between.
//!
//! WHMCS does not recognise a repeated `AddClient`. So each attempt is written down before it is sent, a random marker goes into the
//! customer's admin-only notes, and after a lost answer nothing is sent again before WHMCS has had time to finish and was searched. A
//! customer with the marker is ours and is adopted. One with the address but without the marker is somebody's: never adopted, the
//! person must prove it (`needs_link`). Salesforce is an upsert by our own keys and may be repeated.

use chrono::{DateTime, Utc};
use shared_types::ids::UserId;
use tokio::time::Instant;

use super::Verdict;
use crate::{
    app::App,
    audit::Event,
    domain::account::BillingAccount,
    store::{BillingIds, CrmIds, Mapping, Profile, ProvisionState, StoreError},
    upstream::{Caller, UpstreamError, WriteError, WriteRefusal, billing::NewCustomer, crm::CrmCustomer},
};

pub(super) async fn run(app: &App, user: UserId) -> Result<Verdict, StoreError> {
    let tx = app.db.read_as_system().await?;
    let (Some(mapping), Some(profile)) = (tx.mappings().get(user).await?, tx.account(user).profile().await?)
    else {
        return Ok(Verdict::Fail("no_such_user"));
    };
    drop(tx);
    match mapping.state {
        ProvisionState::Pending | ProvisionState::Sending => {
            let step = Provisioning { app, user, mapping: &mapping, profile: &profile };
            match step.billing().await? {
                Step::Linked(account) => support(app, user, account, &profile).await,
                Step::Ended(verdict) => Ok(verdict),
            }
        }
        ProvisionState::LinkedBilling => match account_of(&mapping) {
            Some(account) => support(app, user, account, &profile).await,
            None => Ok(Verdict::Fail("no_billing_ids")),
        },
        ProvisionState::Ready | ProvisionState::NeedsLink | ProvisionState::Failed => Ok(Verdict::Done),
    }
}

/// The last attempt failed: the customer is told that somebody has to look, rather than to wait for ever.
pub(super) async fn give_up(app: &App, user: UserId) -> Result<(), StoreError> {
    let tx = app.db.as_system().await?;
    let state = tx.mappings().get(user).await?.map(|mapping| mapping.state);
    if matches!(state, Some(ProvisionState::Pending | ProvisionState::Sending)) {
        tx.mappings().set_state(user, ProvisionState::Failed).await?;
        tx.audit(Some(user)).append(&Event::ProvisioningStopped.of_job()).await?;
    }
    tx.commit().await
}

enum Step {
    Linked(BillingAccount),
    Ended(Verdict),
}

/// What a search in WHMCS found.
enum Found {
    Ours(BillingAccount),
    Strangers,
    Nothing,
}

struct Provisioning<'a> {
    app: &'a App,
    user: UserId,
    mapping: &'a Mapping,
    profile: &'a Profile,
}

impl Provisioning<'_> {
    async fn billing(&self) -> Result<Step, StoreError> {
        let found = match self.search().await {
            Ok(found) => found,
            Err(error) => return Ok(Step::Ended(wait_for(&error, "billing_search"))),
        };
        match found {
            Found::Ours(account) => return self.link(account).await,
            Found::Strangers => return self.stop(ProvisionState::NeedsLink).await,
            Found::Nothing => {}
        }
        if let Some(until) = self.settling() {
            return Ok(Step::Ended(Verdict::Retry("settling", Some(until))));
        }
        self.create().await
    }

    /// Until when an attempt of unknown outcome may still be carried out by WHMCS.
    fn settling(&self) -> Option<DateTime<Utc>> {
        let sent_at = self.mapping.sent_at.filter(|_| self.mapping.state == ProvisionState::Sending)?;
        let until = crate::clock::later(sent_at, self.app.settings.settle);
        (until > self.app.clock.now()).then_some(until)
    }

    async fn search(&self) -> Result<Found, UpstreamError> {
        let caller = self.caller(self.app.settings.read_deadline);
        let users = self.app.billing.users_by_email(caller, self.profile.email.as_str()).await?;
        for user in &users {
            for client in &user.owned_clients {
                if self.app.billing.has_marker(caller, *client, &self.mapping.marker).await? {
                    return Ok(Found::Ours(BillingAccount { client_id: *client, user_id: user.user_id }));
                }
            }
        }
        Ok(if users.is_empty() { Found::Nothing } else { Found::Strangers })
    }

    async fn create(&self) -> Result<Step, StoreError> {
        let tx = self.app.db.as_system().await?;
        if !tx.mappings().mark_sending(self.user, self.mapping.attempt.saturating_add(1)).await? {
            return Ok(Step::Ended(Verdict::Retry("raced", None)));
        }
        tx.commit().await?;
        let customer = NewCustomer {
            first_name: self.profile.first_name.clone(),
            last_name: self.profile.last_name.clone(),
            company_name: self.profile.company_name.clone(),
            email: self.profile.email.as_str().to_owned(),
            password: self.app.random_password(),
            marker: self.mapping.marker.clone(),
        };
        match self.app.billing.create_customer(self.caller(self.app.settings.write_deadline), &customer).await
        {
            Ok(account) => self.link(account).await,
            Err(WriteError::NotSent(error)) => {
                // Nothing is on its way, so there is nothing to wait for.
                self.set_state(ProvisionState::Pending).await?;
                Ok(Step::Ended(wait_for(&error, "billing_not_sent")))
            }
            Err(WriteError::Unknown(error)) => {
                tracing::warn!(%error, "AddClient without an answer: it will be looked for before anything is sent again");
                let until = crate::clock::later(self.app.clock.now(), self.app.settings.settle);
                Ok(Step::Ended(Verdict::Retry("billing_unknown", Some(until))))
            }
            Err(WriteError::Refused(WriteRefusal::EmailTaken, _)) => self.taken().await,
            Err(WriteError::Refused(WriteRefusal::AccessDenied, error)) => {
                self.set_state(ProvisionState::Pending).await?;
                Ok(Step::Ended(wait_for(&error, "billing_access_denied")))
            }
            Err(WriteError::Refused(WriteRefusal::NeedsPerson | WriteRefusal::Field { .. }, error)) => {
                tracing::error!(%error, "WHMCS refuses a customer for a reason that only a person can settle");
                self.stop(ProvisionState::Failed).await
            }
        }
    }

    /// The address is taken: by an earlier attempt of ours that WHMCS carried out late, or by somebody.
    async fn taken(&self) -> Result<Step, StoreError> {
        match self.search().await {
            Ok(Found::Ours(account)) => self.link(account).await,
            Ok(Found::Strangers | Found::Nothing) => self.stop(ProvisionState::NeedsLink).await,
            Err(error) => Ok(Step::Ended(wait_for(&error, "billing_search"))),
        }
    }

    async fn link(&self, account: BillingAccount) -> Result<Step, StoreError> {
        let (Ok(client), Ok(login)) = (i64::try_from(account.client_id), i64::try_from(account.user_id))
        else {
            return Ok(Step::Ended(Verdict::Fail("ids_out_of_range")));
        };
        let tx = self.app.db.as_system().await?;
        match tx.mappings().set_billing(self.user, BillingIds { user: Some(login), client }).await {
            Ok(true) => {}
            Ok(false) => return Ok(Step::Ended(Verdict::Retry("raced", None))),
            Err(StoreError::Conflict(_)) => {
                drop(tx);
                return self.stop(ProvisionState::NeedsLink).await;
            }
            Err(error) => return Err(error),
        }
        tx.audit(Some(self.user)).append(&Event::BillingLinked.of_job()).await?;
        tx.commit().await?;
        Ok(Step::Linked(account))
    }

    async fn stop(&self, state: ProvisionState) -> Result<Step, StoreError> {
        let tx = self.app.db.as_system().await?;
        tx.mappings().set_state(self.user, state).await?;
        tx.audit(Some(self.user)).append(&Event::ProvisioningStopped.of_job()).await?;
        tx.commit().await?;
        Ok(Step::Ended(Verdict::Done))
    }

    async fn set_state(&self, state: ProvisionState) -> Result<(), StoreError> {
        let tx = self.app.db.as_system().await?;
        tx.mappings().set_state(self.user, state).await?;
        tx.commit().await
    }

    fn caller(&self, within: std::time::Duration) -> Caller {
        Caller { user: self.user, deadline: Instant::now() + within }
    }
}

async fn support(
    app: &App,
    user: UserId,
    account: BillingAccount,
    profile: &Profile,
) -> Result<Verdict, StoreError> {
    let person = format!("{} {}", profile.first_name, profile.last_name);
    let customer = CrmCustomer {
        client_id: account.client_id,
        user_id: account.user_id,
        account_name: if profile.company_name.is_empty() { person } else { profile.company_name.clone() },
        first_name: profile.first_name.clone(),
        last_name: profile.last_name.clone(),
        email: profile.email.as_str().to_owned(),
        phone: None,
    };
    let caller = Caller { user, deadline: Instant::now() + app.settings.read_deadline };
    let ids = match app.crm.upsert_customer(caller, &customer).await {
        Ok(ids) => CrmIds { account: ids.account, contact: ids.contact },
        Err(WriteError::Refused(_, error)) => {
            // Billing works without support's records. Somebody has to look at the refusal; the customer need not wait.
            tracing::error!(%error, "Salesforce refuses a customer");
            return Ok(Verdict::Fail("support_refused"));
        }
        Err(WriteError::NotSent(error) | WriteError::Unknown(error)) => {
            return Ok(wait_for(&error, "support"));
        }
    };
    let tx = app.db.as_system().await?;
    if !tx.mappings().set_crm(user, &ids).await? {
        return Ok(Verdict::Retry("raced", None));
    }
    tx.audit(Some(user)).append(&Event::SupportLinked.of_job()).await?;
    tx.commit().await?;
    Ok(Verdict::Done)
}

fn account_of(mapping: &Mapping) -> Option<BillingAccount> {
    let number = |id: Option<i64>| id.and_then(|id| u64::try_from(id).ok());
    Some(BillingAccount {
        client_id: number(mapping.whmcs_client_id)?,
        user_id: number(mapping.whmcs_user_id)?,
    })
}

fn wait_for(error: &UpstreamError, code: &'static str) -> Verdict {
    tracing::warn!(%error, code, "provisioning waits");
    Verdict::Retry(code, None)
}
