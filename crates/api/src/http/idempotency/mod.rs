//! `Idempotency-Key`: the same request twice is done once, whatever happens in between.
//!
//! A claim on the key is committed before the work begins. The answer is stored with the work, where both are rows of the database in
//! one transaction, else right after it, and a repetition gets the same bytes. Refusals that would be the same next time are stored
//! too; troubles that may pass are not: the key is given back and the same request may try again.

mod answer;
mod key;

use std::time::Duration;

pub use answer::{Answer, Replayable};
use key::fingerprint;
pub use key::{BrowserMark, ClaimedRequest, IdempotencyKey};
use sha2::{Digest, Sha256};
use shared_types::problem::ProblemCode;

use crate::{
    crypto::{KeyRing, Purpose},
    error::{ApiError, ApiResult},
    store::{Claim, ClaimRequest, ClaimTicket, Db, IdempotencyScope, StoreError, SystemTx, UserTx},
};

/// How long a request may work on its claim before another one may take over. Longer than any handler's deadline.
const LEASE: Duration = Duration::from_secs(30);

/// The right to do the work.
#[derive(Clone, Copy, Debug)]
pub struct Ticket {
    scope: IdempotencyScope,
    claim: ClaimTicket,
}

impl Ticket {
    /// Stores the answer in the transaction of the work: both last, or neither.
    pub async fn finish_in(&self, tx: &SystemTx, answer: &Answer) -> Result<(), StoreError> {
        tx.idempotency(self.scope).finish(self.claim, &answer.stored).await
    }

    /// The same in a transaction of the user whose key it is.
    pub async fn finish_as_user(&self, tx: &UserTx, answer: &Answer) -> Result<(), StoreError> {
        tx.idempotency().finish(self.claim, &answer.stored).await
    }
}

/// Does things once.
#[derive(Clone)]
pub struct Idempotency {
    db: Db,
    keys: KeyRing,
    instance: String,
}

impl Idempotency {
    /// `instance` names this process among the replicas.
    #[must_use]
    pub const fn new(db: Db, keys: KeyRing, instance: String) -> Self {
        Self { db, keys, instance }
    }

    /// Does the work unless the key was used before. Validate and authorise first: what is refused there leaves no claim.
    pub async fn run(
        &self,
        request: ClaimedRequest,
        work: impl AsyncFnOnce(Ticket) -> ApiResult<Answer>,
    ) -> ApiResult<Replayable> {
        let claim = match self.claim(&request).await? {
            Claim::New(ticket) | Claim::TakenOver { ticket, .. } => ticket,
            Claim::Finished(response) => {
                return Ok(Replayable { response, cookies: Vec::new(), replayed: true });
            }
            Claim::InProgress => {
                return Err(
                    ApiError::new(ProblemCode::IdempotencyInProgress).retry_after(Duration::from_secs(1))
                );
            }
            Claim::Mismatch => return Err(ApiError::new(ProblemCode::IdempotencyMismatch)),
        };
        let answer = match work(Ticket { scope: request.scope, claim }).await {
            Ok(answer) => answer,
            Err(error) if is_final(error.code()) => Answer::refusal(&error, &request.request_id),
            Err(error) => {
                self.release(request.scope, claim).await;
                return Err(error);
            }
        };
        if !answer.is_stored {
            let tx = self.db.as_system().await?;
            tx.idempotency(request.scope).finish(claim, &answer.stored).await?;
            tx.commit().await?;
        }
        Ok(Replayable { response: answer.stored, cookies: answer.cookies, replayed: false })
    }

    /// A secret that every repetition of a request gets again, and nobody else can make: for a cookie that belongs to the answer, since
    /// cookies are not stored.
    #[must_use]
    pub fn secret_of(&self, request: &ClaimedRequest) -> [u8; 32] {
        let message = format!("cookie\0{}\0{}\0{:?}", request.route, request.key, request.scope);
        self.keys.keyed_hash(Purpose::Fingerprint, message.as_bytes())
    }

    async fn claim(&self, request: &ClaimedRequest) -> Result<Claim, StoreError> {
        let tx = self.db.as_system().await?;
        let claim = ClaimRequest {
            route: request.route,
            key_hash: &Sha256::digest(request.key.as_bytes()).into(),
            fingerprint: &fingerprint(&self.keys, request),
            owner: &self.instance,
            lease: LEASE,
        };
        let claim = tx.idempotency(request.scope).claim(&claim).await?;
        tx.commit().await?;
        Ok(claim)
    }

    /// Gives a claim back. If that fails its lease runs out by itself.
    async fn release(&self, scope: IdempotencyScope, claim: ClaimTicket) {
        let released = async {
            let tx = self.db.as_system().await?;
            tx.idempotency(scope).release(claim).await?;
            tx.commit().await
        };
        if let Err(error) = released.await {
            tracing::warn!(%error, "a claim on an idempotency key was not given back");
        }
    }
}

/// Refusals that the same request would meet again.
const fn is_final(code: ProblemCode) -> bool {
    matches!(
        code,
        ProblemCode::InvoiceState
            | ProblemCode::SingleSignOnBlocked
            | ProblemCode::CodeInvalid
            | ProblemCode::FactorInvalid
            | ProblemCode::LinkSecondFactor
            | ProblemCode::LinkNoAccount
            | ProblemCode::LinkTaken
            | ProblemCode::PasskeyInvalid
            | ProblemCode::BillingRefused
    )
}
