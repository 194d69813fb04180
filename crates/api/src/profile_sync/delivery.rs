//! One delivery: the login's name, then the billing details, then support; and writing down what is left.

use chrono::{DateTime, Utc};
use shared_types::{
    account::{BillingContactView, SyncState},
    ids::UserId,
};
use tokio::time::Instant;

use super::{Delivered, Left, Sender, outcome::Sent};
use crate::{
    app::App,
    cache::{Namespace, Scope},
    domain::profile::{ContactChange, ContactField, Wish},
    store::{AuditEvent, Profile, ProfileChange, StoreError, UserTx},
    upstream::{Caller, UpstreamError, crm::CrmCustomer},
};

pub(super) struct Delivery<'a> {
    app: &'a App,
    user: UserId,
    change: &'a ProfileChange,
    sender: Sender,
    /// WHMCS had time to finish whatever it got before: what was saved meanwhile is to be looked at again.
    has_settled: bool,
    contact: Option<BillingContactView>,
    /// The person who waits does not wait longer.
    until: Option<Instant>,
}

/// What became of the billing details.
struct Details {
    sent: Sent,
    /// Everything that was to be there.
    wanted: ContactChange,
}

impl<'a> Delivery<'a> {
    pub(super) fn new(app: &'a App, user: UserId, change: &'a ProfileChange, sender: Sender) -> Self {
        let has_settled = change.unsettled_until.is_some_and(|until| until <= app.clock.now());
        let patience = app.settings.read_deadline.mul_f32(1.5);
        let until = matches!(sender, Sender::Request { .. }).then(|| Instant::now() + patience);
        Self { app, user, change, sender, has_settled, contact: None, until }
    }

    pub(super) async fn run(mut self, refused: &AuditEvent<'_>) -> Result<Delivered, StoreError> {
        let tx = self.app.db.read_as_user(self.user).await?;
        let profile = tx.account().profile().await?;
        drop(tx);
        let Some(profile) = profile else { return Err(StoreError::LeaseLost) };
        let login = self.login(&profile).await;
        let details = self.details().await;
        let support = self.support(&profile, &details).await;
        match self.conclude(login, &details, support, refused).await {
            // The lease ran out and somebody else went on: what they find is the truth.
            Err(StoreError::LeaseLost) => Ok(Delivered::later()),
            concluded => concluded,
        }
    }

    async fn login(&self, profile: &Profile) -> Sent {
        let wish = &self.change.wish;
        let is_due = wish.login || (wish.settling_login && self.has_settled);
        if !is_due {
            return Sent::state(SyncState::Saved);
        }
        let caller = self.caller(self.sender.write_deadline(self.app));
        let (first, last) = (profile.first_name.trim(), profile.last_name.trim());
        let answer = self.app.billing.rename_login(caller, self.change.account, first, last).await;
        Sent::of("UpdateUser", answer)
    }

    async fn details(&mut self) -> Details {
        let mut wanted = self.change.wish.contact.clone();
        if self.has_settled {
            wanted = self.change.wish.settling.clone();
            wanted.overlay(&self.change.wish.contact);
        }
        let sent = self.send(&wanted).await;
        Details { sent, wanted }
    }

    async fn send(&mut self, wanted: &ContactChange) -> Sent {
        let mut missing = wanted.clone();
        // An earlier attempt may have arrived. A request does not wait for that: sending again does no harm.
        if !wanted.is_empty() && self.change.unsettled_until.is_some() && matches!(self.sender, Sender::Job) {
            match self.look().await {
                Ok(contact) => missing = wanted.missing_in(&contact),
                Err(error) => {
                    tracing::warn!(%error, "billing cannot be looked at after a change without an answer");
                    return Sent::state(SyncState::Pending);
                }
            }
        }
        if missing.is_empty() {
            return Sent::state(SyncState::Saved);
        }
        let caller = self.caller(self.sender.write_deadline(self.app));
        let answer = self.app.billing.update_contact(caller, self.change.account, &missing).await;
        let sent = Sent::of("UpdateClient", answer);
        if sent.state == SyncState::Refused || (sent.state == SyncState::Pending && !sent.is_unknown) {
            return sent;
        }
        let Ok(contact) = self.look().await else { return sent };
        let state = match sent.state {
            // Whether an empty text clears a field, WHMCS does not document: what it shows is the truth.
            SyncState::Saved if wanted.left_filled(&contact) => SyncState::Refused,
            SyncState::Pending if wanted.missing_in(&contact).is_empty() => SyncState::Saved,
            state => state,
        };
        Sent { state, ..sent }
    }

    /// The details as billing has them now, past the cache.
    async fn look(&mut self) -> Result<BillingContactView, UpstreamError> {
        let caller = self.caller(self.app.settings.read_deadline);
        let contact = self.app.billing.contact(caller, self.change.account).await?;
        self.contact = Some(contact.clone());
        Ok(contact)
    }

    async fn support(&mut self, profile: &Profile, details: &Details) -> SyncState {
        if !self.concerns_support(details) {
            return SyncState::Saved;
        }
        let is_void = details.sent.refusal.is_some() && matches!(self.sender, Sender::Request { .. });
        if is_void || details.sent.state == SyncState::Pending {
            return SyncState::Pending;
        }
        let contact = match self.contact.clone() {
            Some(contact) => contact,
            None => match self.look().await {
                Ok(contact) => contact,
                Err(error) => {
                    tracing::warn!(%error, "support waits for what billing has");
                    return SyncState::Pending;
                }
            },
        };
        let customer = self.customer(profile, contact);
        let caller = self.caller(self.app.settings.read_deadline);
        let answer = self.app.crm.upsert_customer(caller, &customer).await;
        Sent::of("Salesforce", answer.map(|_| ())).state
    }

    fn concerns_support(&self, details: &Details) -> bool {
        self.change.wish.support || (self.has_settled && details.wanted.concerns_support())
    }

    /// The person as the portal knows them, the customer as billing does.
    fn customer(&self, profile: &Profile, contact: BillingContactView) -> CrmCustomer {
        let account_name = match contact.company_name.as_str() {
            "" => format!("{} {}", contact.first_name, contact.last_name),
            company => company.to_owned(),
        };
        CrmCustomer {
            client_id: self.change.account.client_id,
            user_id: self.change.account.user_id,
            account_name,
            first_name: profile.first_name.clone(),
            last_name: profile.last_name.clone(),
            email: profile.email.as_str().to_owned(),
            phone: Some(contact.phone),
        }
    }

    async fn conclude(
        self,
        login: Sent,
        details: &Details,
        support: SyncState,
        refused: &AuditEvent<'_>,
    ) -> Result<Delivered, StoreError> {
        let now = self.app.clock.now();
        let unsettled_until = if login.is_unknown || details.sent.is_unknown {
            Some(crate::clock::later(now, self.app.settings.settle))
        } else {
            // What could not be looked at when the time was over is to be looked at later.
            let is_open = login.state == SyncState::Pending || details.sent.state == SyncState::Pending;
            self.change.unsettled_until.filter(|until| is_open || *until > now)
        };
        let is_unsettled = unsettled_until.is_some_and(|until| until > now);
        let ended = Ended { delivery: &self, login, details, support, is_unsettled };
        let tx = self.app.db.as_user(self.user).await?;
        let work = |wish: &mut Wish, unchanged: bool| ended.write_down(wish, unchanged);
        let left = tx.profile_changes().give_back(self.change, unsettled_until, work).await?;
        if details.sent.refusal.is_some() || login.refusal.is_some() {
            tx.audit().append(refused).await?;
        }
        self.keep_company(&tx, details).await?;
        let generation = if details.wanted.is_empty() {
            None
        } else {
            Some(tx.generations().bump(Namespace::Client.name()).await?)
        };
        tx.commit().await?;
        if let Some(generation) = generation.and_then(|number| u64::try_from(number).ok()) {
            self.app.cache.announce(Scope::User(self.user), Namespace::Client, generation).await;
        }
        Ok(Delivered {
            login: login.state,
            details: details.sent.state,
            support,
            refusal: details.sent.refusal,
            contact: self.contact,
            left: remaining(&left, unsettled_until.filter(|until| *until > now)),
        })
    }

    /// The portal names the person's own account after the company: it follows billing.
    async fn keep_company(&self, tx: &UserTx, details: &Details) -> Result<(), StoreError> {
        let Some(contact) = &self.contact else { return Ok(()) };
        if details.wanted.get(ContactField::CompanyName).is_none() {
            return Ok(());
        }
        let own = tx.mapping().await?.and_then(|mapping| u64::try_from(mapping.whmcs_client_id?).ok());
        if own == Some(self.change.account.client_id) {
            tx.account().set_company_name(&contact.company_name).await?;
        }
        Ok(())
    }

    fn caller(&self, within: std::time::Duration) -> Caller {
        let deadline = Instant::now() + within;
        Caller { user: self.user, deadline: self.until.map_or(deadline, |until| until.min(deadline)) }
    }
}

/// Everything that decides what is left of a wish.
struct Ended<'a> {
    delivery: &'a Delivery<'a>,
    login: Sent,
    details: &'a Details,
    support: SyncState,
    is_unsettled: bool,
}

impl Ended<'_> {
    /// `unchanged`: nobody asked for anything since the wish was taken.
    fn write_down(&self, wish: &mut Wish, unchanged: bool) {
        if self.login.state != SyncState::Pending {
            let was_sent = self.delivery.change.wish.login || wish.settling_login;
            wish.settling_login = self.is_unsettled && was_sent && self.login.state == SyncState::Saved;
            wish.login &= !unchanged;
        }
        match self.support {
            SyncState::Pending => wish.support = true,
            SyncState::Saved | SyncState::Refused => wish.support &= !unchanged,
        }
        self.contact(wish);
    }

    fn contact(&self, wish: &mut Wish) {
        let wanted = &self.details.wanted;
        match (self.details.sent.state, &self.delivery.sender) {
            (SyncState::Pending, _) => return,
            // Earlier changes are not at fault: a job tries them by themselves.
            (SyncState::Refused, Sender::Request { before }) if self.details.sent.refusal.is_some() => {
                wish.contact.without(wanted);
                let mut earlier = before.clone();
                earlier.superseded_by(&wish.contact);
                wish.contact.overlay(&earlier);
                wish.support |= earlier.concerns_support();
                return;
            }
            (SyncState::Saved | SyncState::Refused, _) => wish.contact.without(wanted),
        }
        if self.is_unsettled && self.details.sent.state == SyncState::Saved {
            wish.settling.overlay(wanted);
        } else if self.delivery.has_settled {
            wish.settling.without(wanted);
        }
        let later = wish.contact.clone();
        wish.settling.superseded_by(&later);
    }
}

fn remaining(wish: &Wish, unsettled_until: Option<DateTime<Utc>>) -> Left {
    if wish.is_fulfilled() {
        return Left::Nothing;
    }
    match unsettled_until {
        Some(until) if wish.is_delivered() => Left::Look(until),
        _ => Left::Work,
    }
}
