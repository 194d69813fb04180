//! The user of a request, once proved: what handlers know of the person who asks.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use chrono::{DateTime, Utc};
use shared_types::{
    account::Permission,
    ids::{SessionId, UserId},
    problem::ProblemCode,
};
use uuid::Uuid;

use super::pending::Presented;
use crate::{
    domain::{
        account::{Access, BillingAccount, Connections},
        factor::Factors,
    },
    error::{ApiError, ApiResult},
    store::{CeremonyParty, SessionLevel},
};

/// A request's user, proved.
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// The session.
    pub session_id: SessionId,
    /// The user.
    pub user_id: UserId,
    /// How much was proved.
    pub level: SessionLevel,
    /// What was proved.
    pub factors: Factors,
    /// The known device that it came from.
    pub device_id: Option<Uuid>,
    /// The WHMCS client that the session acts for; `None` for the user's own.
    pub active_client_id: Option<i64>,
    /// When a proof was last given.
    pub auth_time: DateTime<Utc>,
    /// Last use that was written down.
    pub last_seen: DateTime<Utc>,
    /// End of the session if nothing happens.
    pub idle_expires_at: DateTime<Utc>,
    /// End of the session in any case.
    pub expires_at: DateTime<Utc>,
    /// How far the user is connected to the systems behind.
    pub connections: Connections,
    /// The WHMCS client that the session acts for, where it is not the user's own.
    pub acting_for: Option<i64>,
    /// What WHMCS said of that client is to be asked for again.
    pub(super) rights_grow_old: bool,
    pub(super) token_hash: [u8; 32],
    pub(super) pseudonym: String,
}

impl Authenticated {
    /// The customer of billing that the session acts for; or why there is none yet. Enough for what concerns the person alone.
    pub fn acts_for(&self) -> ApiResult<BillingAccount> {
        let not_ready = || ApiError::new(ProblemCode::AccountNotReady).retry_after(Duration::from_secs(3));
        self.connections.billing.ok_or_else(not_ready)
    }

    /// The customer of billing that the session acts for, if the person may do this for it; or why not.
    pub fn account(&self, permission: Permission) -> ApiResult<BillingAccount> {
        let account = self.acts_for()?;
        if self.connections.access == Access::Unconfirmed {
            // WHMCS could not be asked in time whether the person may still do it.
            return Err(ApiError::new(ProblemCode::UpstreamUnavailable).retry_after(Duration::from_secs(5)));
        }
        if self.connections.allows(permission) {
            Ok(account)
        } else {
            Err(ApiError::new(ProblemCode::Forbidden))
        }
    }

    /// This session as a party of passkey ceremonies.
    #[must_use]
    pub const fn ceremony_party(&self) -> CeremonyParty {
        CeremonyParty::Session { id: self.session_id, user: self.user_id }
    }

    /// Refuses unless a proof was given within `window`.
    pub fn require_recent(&self, now: DateTime<Utc>, window: Duration) -> ApiResult<()> {
        let age = (now - self.auth_time).to_std().unwrap_or_default();
        if age <= window { Ok(()) } else { Err(ApiError::new(ProblemCode::StepUpRequired)) }
    }
}

/// Extractor: the signed-in user. An operation without it is public, which the authorisation test lists.
#[derive(Clone, Debug)]
pub struct CurrentUser(pub Arc<Authenticated>);

impl std::ops::Deref for CurrentUser {
    type Target = Authenticated;
    fn deref(&self) -> &Authenticated {
        &self.0
    }
}

impl FromRequest for CurrentUser {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            match Presented::of(&request).await? {
                Presented::User(user) => Ok(Self(user)),
                Presented::Pending(_) | Presented::Decoy(_) => Err(ApiError::new(ProblemCode::MfaRequired)),
                Presented::Nothing => Err(ApiError::new(ProblemCode::AuthRequired)),
            }
        })
    }
}
