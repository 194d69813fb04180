//! Who may try a password, and how often.
//!
//! A device that the account knows has a bucket of its own, so that nobody else's guesses keep its owner out. All other devices share:
//! their network, the account, and a budget of everybody. An account that was tried too often counts as under attack: from then on its
//! strange devices are let on without a word to whether the password is right, and only a mailed code gets them in. Unknown addresses
//! are counted and answered like known ones.

use std::time::Duration;

use uuid::Uuid;

use super::{Action, Limits, limited};
use crate::{
    crypto::Purpose,
    error::ApiResult,
    http::origin::Origin,
    store::{EmailAddress, SystemTx, TryDecision, TryPolicy},
};

/// What a try may lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admission {
    /// The device, if the account knows it.
    pub device: Option<Uuid>,
    /// The account was tried too often from strange devices, of which this is one.
    pub under_attack: bool,
}

impl Limits {
    /// Counts a try to sign in as somebody, or refuses it.
    pub async fn admit_sign_in(&self, email: &EmailAddress, origin: &Origin) -> ApiResult<Admission> {
        let device = match &origin.device_token {
            Some(token) => {
                let tx = self.db.read_as_system().await?;
                tx.devices().of_address(email, &token.hash()).await?
            }
            None => None,
        };
        if let Some(device) = device {
            self.take(Action::LoginDevice, &device.to_string()).await?;
            return Ok(Admission { device: Some(device), under_attack: false });
        }
        let under_attack = self.admit_stranger(email, origin).await?;
        Ok(Admission { device: None, under_attack })
    }

    /// What is counted is counted, also where a later count refuses.
    async fn admit_stranger(&self, email: &EmailAddress, origin: &Origin) -> ApiResult<bool> {
        let tx = self.db.as_system().await?;
        let decision = self.count_stranger(&tx, email, origin).await?;
        tx.commit().await?;
        decision
    }

    async fn count_stranger(
        &self,
        tx: &SystemTx,
        email: &EmailAddress,
        origin: &Origin,
    ) -> ApiResult<ApiResult<bool>> {
        if let Err(refusal) = self.take_in(tx, Action::LoginSource, &origin.network).await? {
            return Ok(Err(refusal));
        }
        let under_attack = match tx.sign_in_tries().take(&self.account(email), self.tries()).await? {
            TryDecision::Allowed => false,
            TryDecision::UnderAttack => true,
            TryDecision::Limited { retry_after } => return Ok(Err(limited("login_account", retry_after))),
        };
        Ok(self.take_in(tx, Action::LoginUnknown, "").await?.map(|()| under_attack))
    }

    /// The password was right: only failures count. Under attack everything counts, or what is left would tell which password was right.
    pub async fn sign_in_passed(
        &self,
        email: &EmailAddress,
        origin: &Origin,
        admission: Admission,
    ) -> ApiResult<()> {
        if admission.under_attack {
            return Ok(());
        }
        let tx = self.db.as_system().await?;
        let buckets = tx.rate_limits();
        if let Some(device) = admission.device {
            buckets.clear(&self.bucket(Action::LoginDevice, &device.to_string())).await?;
        } else {
            for (action, subject) in
                [(Action::LoginSource, origin.network.as_str()), (Action::LoginUnknown, "")]
            {
                buckets.give_back(&self.bucket(action, subject), self.quota(action)).await?;
            }
            tx.sign_in_tries().forget(&self.account(email), self.tries()).await?;
        }
        Ok(tx.commit().await?)
    }

    fn account(&self, email: &EmailAddress) -> [u8; 32] {
        self.keys.keyed_hash(Purpose::RateLimit, format!("login_account\0{}", email.as_str()).as_bytes())
    }

    const fn tries(&self) -> TryPolicy {
        TryPolicy {
            free: self.rates.login_account,
            cap: self.rates.login_cap,
            first_wait: Duration::from_mins(1),
            longest_wait: Duration::from_mins(15),
            memory: Duration::from_hours(24),
        }
    }
}
