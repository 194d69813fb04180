//! Claims on `Idempotency-Key`s: who may do the work, and the answer for whoever asks again.
//!
//! A claim is a lease with a fencing number. A worker that lost its lease while it slept cannot write any more:
//! every write names the number it was given, and a takeover raises it.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{EntityTrait as _, QueryFilter as _, Set};
use serde::{Deserialize, Serialize};
use shared_types::ids::UserId;
use uuid::Uuid;

use super::entities::idempotency_key::{ActiveModel, COLUMN, Column, Entity, Model};
use super::error::StoreError;
use super::sealing;
use super::transaction::Tx;
use crate::clock::later;

const IN_PROGRESS: &str = "in_progress";
const FINISHED: &str = "finished";

/// Whose keys: one person's key never meets another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdempotencyScope {
    /// A signed-in user.
    User(UserId),
    /// A browser before sign-in, by the id in its signed pre-session cookie.
    PreSession(Uuid),
}

impl IdempotencyScope {
    /// The row-level policy of users relies on this form.
    fn text(self) -> String {
        match self {
            Self::User(user) => format!("u:{user}"),
            Self::PreSession(id) => format!("p:{id}"),
        }
    }
}

/// A request that wants to do its work once.
#[derive(Clone, Copy, Debug)]
pub struct ClaimRequest<'a> {
    /// Method and route template.
    pub route: &'a str,
    /// Hash of the key.
    pub key_hash: &'a [u8; 32],
    /// Hash of what was asked: method, route and canonical body.
    pub fingerprint: &'a [u8; 32],
    /// Who takes the lease: instance or worker.
    pub owner: &'a str,
    /// For how long.
    pub lease: Duration,
}

/// The right to do the work and to write its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimTicket {
    id: Uuid,
    fence: i64,
}

impl ClaimTicket {
    /// The claim's id.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// The fencing number: 1 for the first owner, more after each takeover.
    #[must_use]
    pub const fn fence(&self) -> i64 {
        self.fence
    }
}

/// What became of a claim.
#[derive(Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nobody had the key: do the work.
    New(ClaimTicket),
    /// Somebody is at it.
    InProgress,
    /// Done: replay this.
    Finished(StoredResponse),
    /// The key was used for another request.
    Mismatch,
    /// The former owner's lease ended: go on from where it stopped.
    TakenOver {
        /// The right to go on.
        ticket: ClaimTicket,
        /// Last step that the former owner noted.
        recovery_point: Option<String>,
    },
}

/// An answer as it went out.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredResponse {
    /// HTTP status.
    pub status: u16,
    /// Headers that belong to the answer, beside the content type.
    pub headers: Vec<(String, String)>,
    /// Content type.
    pub content_type: Option<String>,
    /// Body, byte for byte.
    pub body: Vec<u8>,
}

/// What is sealed of an answer.
#[derive(Serialize, Deserialize)]
struct SealedPart {
    headers: Vec<(String, String)>,
    content_type: Option<String>,
    /// Base64: bodies need not be text.
    body: String,
}

/// Claims of one scope.
pub struct IdempotencyKeys<'t> {
    tx: &'t Tx,
    scope: IdempotencyScope,
}

impl<'t> IdempotencyKeys<'t> {
    pub(super) const fn new(tx: &'t Tx, scope: IdempotencyScope) -> Self {
        Self { tx, scope }
    }

    /// Claims a key. Commit right after: an uncommitted claim makes parallel requests wait instead of answering them.
    pub async fn claim(&self, request: &ClaimRequest<'_>) -> Result<Claim, StoreError> {
        if let Some(ticket) = self.insert(request).await? {
            return Ok(Claim::New(ticket));
        }
        let found = Entity::find()
            .filter(COLUMN.scope.eq(self.scope.text()))
            .filter(COLUMN.route.eq(request.route))
            .filter(COLUMN.key_hash.eq(request.key_hash.to_vec()))
            .one(self.tx.connection())
            .await?;
        // The row in the way may have been purged in between; the client asks again in a second.
        let Some(row) = found else { return Ok(Claim::InProgress) };
        if row.fingerprint != request.fingerprint {
            return Ok(Claim::Mismatch);
        }
        if row.state == FINISHED {
            return Ok(Claim::Finished(self.stored_response(&row)?));
        }
        self.take_over(row, request).await
    }

    /// Prolongs the lease from now on.
    pub async fn renew(&self, ticket: ClaimTicket, lease: Duration) -> Result<(), StoreError> {
        let until = later(self.tx.now(), lease);
        self.held(self.owned(ticket).col_expr(Column::LeaseUntil, Expr::value(until))).await
    }

    /// Notes how far the work has come, for whoever takes over.
    pub async fn set_recovery_point(&self, ticket: ClaimTicket, point: &str) -> Result<(), StoreError> {
        self.held(self.owned(ticket).col_expr(Column::RecoveryPoint, Expr::value(point))).await
    }

    /// Ties the claim to the long-running work that will finish it.
    pub async fn set_saga(&self, ticket: ClaimTicket, saga: Uuid) -> Result<(), StoreError> {
        self.held(self.owned(ticket).col_expr(Column::SagaId, Expr::value(saga))).await
    }

    /// Stores the final answer.
    pub async fn finish(&self, ticket: ClaimTicket, response: &StoredResponse) -> Result<(), StoreError> {
        let part = SealedPart {
            headers: response.headers.clone(),
            content_type: response.content_type.clone(),
            body: STANDARD.encode(&response.body),
        };
        let plain = serde_json::to_vec(&part).map_err(|_| StoreError::corrupt("stored response"))?;
        let sealed = self.tx.context().seal(sealing::Column::IdempotentResponse, ticket.id, &plain)?;
        let update = self
            .owned(ticket)
            .col_expr(Column::State, Expr::value(FINISHED))
            .col_expr(Column::ResponseStatus, Expr::value(i32::from(response.status)))
            .col_expr(Column::ResponseSealed, Expr::value(sealed))
            .col_expr(Column::FinishedAt, Expr::value(self.tx.now()));
        self.held(update).await
    }

    /// Gives the lease back at once after an outcome that is not final; the same key goes on from the recovery point.
    pub async fn release(&self, ticket: ClaimTicket) -> Result<(), StoreError> {
        self.held(self.owned(ticket).col_expr(Column::LeaseUntil, Expr::value(self.tx.now()))).await
    }

    async fn insert(&self, request: &ClaimRequest<'_>) -> Result<Option<ClaimTicket>, StoreError> {
        let now = self.tx.now();
        let ticket = ClaimTicket { id: self.tx.context().random.uuid(now), fence: 1 };
        let row = ActiveModel {
            id: Set(ticket.id),
            scope: Set(self.scope.text()),
            route: Set(request.route.to_owned()),
            key_hash: Set(request.key_hash.to_vec()),
            fingerprint: Set(request.fingerprint.to_vec()),
            state: Set(IN_PROGRESS.to_owned()),
            recovery_point: Set(None),
            lease_until: Set(later(now, request.lease)),
            lease_owner: Set(request.owner.to_owned()),
            attempt: Set(ticket.fence),
            response_status: Set(None),
            response_sealed: Set(None),
            saga_id: Set(None),
            created_at: Set(now),
            finished_at: Set(None),
        };
        let unique =
            OnConflict::columns([Column::Scope, Column::Route, Column::KeyHash]).do_nothing().to_owned();
        let inserted =
            Entity::insert(row).on_conflict(unique).exec_without_returning(self.tx.connection()).await?;
        Ok((inserted == 1).then_some(ticket))
    }

    async fn take_over(&self, row: Model, request: &ClaimRequest<'_>) -> Result<Claim, StoreError> {
        let now = self.tx.now();
        if row.lease_until > now {
            return Ok(Claim::InProgress);
        }
        let former = ClaimTicket { id: row.id, fence: row.attempt };
        let result = self
            .owned(former)
            .col_expr(Column::Attempt, Expr::col(Column::Attempt).add(1))
            .col_expr(Column::LeaseUntil, Expr::value(later(now, request.lease)))
            .col_expr(Column::LeaseOwner, Expr::value(request.owner))
            .filter(COLUMN.lease_until.lte(now))
            .exec(self.tx.connection())
            .await?;
        if result.rows_affected == 0 {
            return Ok(Claim::InProgress);
        }
        let ticket = ClaimTicket { id: row.id, fence: row.attempt + 1 };
        Ok(Claim::TakenOver { ticket, recovery_point: row.recovery_point })
    }

    fn owned(&self, ticket: ClaimTicket) -> sea_orm::UpdateMany<Entity> {
        Entity::update_many()
            .filter(COLUMN.id.eq(ticket.id))
            .filter(COLUMN.scope.eq(self.scope.text()))
            .filter(COLUMN.attempt.eq(ticket.fence))
            .filter(COLUMN.state.eq(IN_PROGRESS))
    }

    async fn held(&self, update: sea_orm::UpdateMany<Entity>) -> Result<(), StoreError> {
        let result = update.exec(self.tx.connection()).await?;
        if result.rows_affected == 1 { Ok(()) } else { Err(StoreError::LeaseLost) }
    }

    fn stored_response(&self, row: &Model) -> Result<StoredResponse, StoreError> {
        let corrupt = || StoreError::corrupt("idempotency_keys.response");
        let status = row.response_status.and_then(|status| u16::try_from(status).ok()).ok_or_else(corrupt)?;
        let sealed = row.response_sealed.as_deref().ok_or_else(corrupt)?;
        let plain = self.tx.context().open(sealing::Column::IdempotentResponse, row.id, sealed)?;
        let part: SealedPart = serde_json::from_slice(&plain).map_err(|_| corrupt())?;
        let body = STANDARD.decode(&part.body).map_err(|_| corrupt())?;
        Ok(StoredResponse { status, headers: part.headers, content_type: part.content_type, body })
    }
}

impl fmt::Debug for StoredResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredResponse").field("status", &self.status).finish_non_exhaustive()
    }
}
