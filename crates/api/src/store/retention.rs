//! What is deleted when. Unfinished idempotency claims and live jobs are never deleted: their outcome is unknown.

use std::time::Duration;

use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{EntityTrait as _, QueryFilter as _};

use super::devices;
use super::entities::{
    challenge, idempotency_key, job, known_device, link_flow, mfa_totp, passkey_ceremony, rate_limit,
    session, sign_in_try,
};
use super::error::StoreError;
use super::jobs::Jobs;
use super::transaction::Tx;
use crate::clock::earlier;

/// How long rows are kept after their end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Sessions, after expiry or sign-out.
    pub sessions: Duration,
    /// Challenges and passkey ceremonies, after expiry.
    pub challenges: Duration,
    /// Linkings in progress, after expiry.
    pub link_flows: Duration,
    /// Answers to replay, after they were given.
    pub idempotency: Duration,
    /// Jobs that are done.
    pub done_jobs: Duration,
    /// Authenticator apps that were offered and never confirmed.
    pub offered_totp: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        let days = |days: u64| Duration::from_secs(days * 24 * 60 * 60);
        Self {
            sessions: days(1),
            challenges: days(1),
            link_flows: days(1),
            idempotency: days(3),
            done_jobs: days(7),
            offered_totp: days(1),
        }
    }
}

/// How many rows were deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expired {
    /// Sessions.
    pub sessions: u64,
    /// Challenges.
    pub challenges: u64,
    /// Linkings.
    pub link_flows: u64,
    /// Passkey ceremonies.
    pub passkey_ceremonies: u64,
    /// Idempotency claims.
    pub idempotency: u64,
    /// Rate-limit buckets.
    pub rate_limits: u64,
    /// Counts of tries to sign in.
    pub sign_in_tries: u64,
    /// Devices that were not used for a year.
    pub known_devices: u64,
    /// Authenticator apps that were never confirmed.
    pub offered_totp: u64,
    /// Jobs that were done.
    pub done_jobs: u64,
    /// Jobs not deleted but given up, because their worker vanished during the last attempt.
    pub buried_jobs: u64,
}

pub(super) async fn expire_rows(tx: &Tx, retention: &Retention) -> Result<Expired, StoreError> {
    let now = tx.now();
    let connection = tx.connection();
    let cutoff = earlier(now, retention.sessions);
    let ended = session::COLUMN
        .absolute_expires_at
        .lt(cutoff)
        .or(session::COLUMN.idle_expires_at.lt(cutoff))
        .or(session::COLUMN.revoked_at.lt(cutoff));
    let sessions = session::Entity::delete_many().filter(ended);
    let challenges = challenge::Entity::delete_many()
        .filter(challenge::COLUMN.expires_at.lt(earlier(now, retention.challenges)));
    let link_flows = link_flow::Entity::delete_many()
        .filter(link_flow::COLUMN.expires_at.lt(earlier(now, retention.link_flows)));
    let passkey_ceremonies = passkey_ceremony::Entity::delete_many()
        .filter(passkey_ceremony::COLUMN.expires_at.lt(earlier(now, retention.challenges)));
    let idempotency = idempotency_key::Entity::delete_many()
        .filter(idempotency_key::COLUMN.state.eq("finished"))
        .filter(idempotency_key::COLUMN.finished_at.lt(earlier(now, retention.idempotency)));
    let rate_limits = rate_limit::Entity::delete_many().filter(rate_limit::COLUMN.expires_at.lt(now));
    let tries = sign_in_try::Entity::delete_many().filter(sign_in_try::COLUMN.expires_at.lt(now));
    let unused = known_device::COLUMN.last_seen.lt(earlier(now, devices::MEMORY));
    let known_devices = known_device::Entity::delete_many().filter(unused);
    let offered_totp = mfa_totp::Entity::delete_many()
        .filter(mfa_totp::COLUMN.confirmed_at.is_null())
        .filter(mfa_totp::COLUMN.created_at.lt(earlier(now, retention.offered_totp)));
    let done_jobs = job::Entity::delete_many()
        .filter(job::COLUMN.state.eq("done"))
        .filter(job::COLUMN.finished_at.lt(earlier(now, retention.done_jobs)));
    Ok(Expired {
        sessions: sessions.exec(connection).await?.rows_affected,
        challenges: challenges.exec(connection).await?.rows_affected,
        link_flows: link_flows.exec(connection).await?.rows_affected,
        passkey_ceremonies: passkey_ceremonies.exec(connection).await?.rows_affected,
        idempotency: idempotency.exec(connection).await?.rows_affected,
        rate_limits: rate_limits.exec(connection).await?.rows_affected,
        sign_in_tries: tries.exec(connection).await?.rows_affected,
        known_devices: known_devices.exec(connection).await?.rows_affected,
        offered_totp: offered_totp.exec(connection).await?.rows_affected,
        done_jobs: done_jobs.exec(connection).await?.rows_affected,
        buried_jobs: Jobs::new(tx).bury_abandoned().await?,
    })
}
