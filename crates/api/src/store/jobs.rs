//! The jobs table: adding work in the transaction that needs it, and taking it off again with leases.
//!
//! A job may run twice (its worker died after the work, before saying so), never twice at once with both outcomes
//! written: every write names the fencing number of its claim.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _, LockBehavior, LockType, OnConflict, Query};
use sea_orm::{Condition, EntityTrait as _, FromQueryResult, QueryFilter as _, Set};
use uuid::Uuid;

use super::entities::job::{ActiveModel, COLUMN, Column, Entity, Model};
use super::error::StoreError;
use super::transaction::Tx;
use crate::clock::later;

const QUEUED: &str = "queued";
const RUNNING: &str = "running";
const DONE: &str = "done";
const DEAD: &str = "dead";
/// Error code of jobs whose worker vanished during the last attempt.
const LEASE_EXPIRED: &str = "lease_expired";

/// Work to be added.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Which work.
    pub kind: String,
    /// Ids that the work needs; never personal data.
    pub payload: serde_json::Value,
    /// While a job of this key waits or runs, no second one is added.
    pub dedupe_key: Option<String>,
    /// Not before.
    pub run_at: DateTime<Utc>,
    /// How many attempts before it is dead.
    pub max_attempts: i32,
}

/// Whether a job was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enqueued {
    /// Yes.
    Added(Uuid),
    /// A job of the same key waits or runs already.
    AlreadyThere,
}

/// A job that this worker holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedJob {
    /// Which.
    pub id: Uuid,
    /// Which work.
    pub kind: String,
    /// Ids that the work needs.
    pub payload: serde_json::Value,
    /// Attempts so far, this one included.
    pub attempts: i32,
    /// How many there may be.
    pub max_attempts: i32,
    /// End of the lease unless a heartbeat prolongs it.
    pub lease_until: DateTime<Utc>,
    /// Fencing number of this claim.
    pub fence: i64,
}

impl ClaimedJob {
    /// Whether a failure of this attempt is final.
    #[must_use]
    pub const fn is_last_attempt(&self) -> bool {
        self.attempts >= self.max_attempts
    }
}

/// How many jobs are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobCounts {
    /// Waiting.
    pub queued: i64,
    /// Held by a worker.
    pub running: i64,
    /// Finished, not yet deleted.
    pub done: i64,
    /// Given up.
    pub dead: i64,
}

/// Adding jobs: all that a user's transaction may do with them.
pub struct JobQueue<'t> {
    tx: &'t Tx,
}

impl<'t> JobQueue<'t> {
    pub(super) const fn new(tx: &'t Tx) -> Self {
        Self { tx }
    }

    /// Adds a job; it exists once the transaction is committed.
    pub async fn enqueue(&self, job: &NewJob) -> Result<Enqueued, StoreError> {
        let now = self.tx.now();
        let id = self.tx.context().random.uuid(now);
        let row = ActiveModel {
            id: Set(id),
            kind: Set(job.kind.clone()),
            payload: Set(job.payload.to_string()),
            dedupe_key: Set(job.dedupe_key.clone()),
            state: Set(QUEUED.to_owned()),
            run_at: Set(job.run_at),
            attempts: Set(0),
            max_attempts: Set(job.max_attempts),
            lease_owner: Set(None),
            lease_until: Set(None),
            fence: Set(0),
            last_error: Set(None),
            created_at: Set(now),
            finished_at: Set(None),
        };
        // No conflict target: naming one takes the privilege to read the table, which users do not have.
        let unique = OnConflict::new().do_nothing().to_owned();
        let inserted =
            Entity::insert(row).on_conflict(unique).exec_without_returning(self.tx.connection()).await?;
        Ok(if inserted == 1 { Enqueued::Added(id) } else { Enqueued::AlreadyThere })
    }
}

/// Working jobs off.
pub struct Jobs<'t> {
    tx: &'t Tx,
}

impl<'t> Jobs<'t> {
    pub(super) const fn new(tx: &'t Tx) -> Self {
        Self { tx }
    }

    /// Takes the job that has been due longest, of the given kinds: a waiting one, or one whose worker's lease ended
    /// and that has attempts left. Commit before working on it.
    pub async fn claim_next(
        &self,
        owner: &str,
        kinds: &[&str],
        lease: Duration,
    ) -> Result<Option<ClaimedJob>, StoreError> {
        let now = self.tx.now();
        let rows = Entity::update_many()
            .col_expr(Column::State, Expr::value(RUNNING))
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .col_expr(Column::Fence, Expr::col(Column::Fence).add(1))
            .col_expr(Column::LeaseOwner, Expr::value(owner))
            .col_expr(Column::LeaseUntil, Expr::value(later(now, lease)))
            // `=` and not IN: the sub-query then runs once, so exactly one row is locked.
            .filter(Expr::col(Column::Id).eq(Expr::SubQuery(None, Box::new(next_due(kinds, now).into()))))
            .exec_with_returning(self.tx.connection())
            .await?;
        rows.into_iter().next().map(ClaimedJob::try_from).transpose()
    }

    /// Prolongs the lease from now on.
    pub async fn heartbeat(&self, job: &ClaimedJob, lease: Duration) -> Result<(), StoreError> {
        let until = later(self.tx.now(), lease);
        held(self.tx, owned(job).col_expr(Column::LeaseUntil, Expr::value(until))).await
    }

    /// The work is done.
    pub async fn finish(&self, job: &ClaimedJob) -> Result<(), StoreError> {
        let update = owned(job)
            .col_expr(Column::State, Expr::value(DONE))
            .col_expr(Column::FinishedAt, Expr::value(self.tx.now()))
            .col_expr(Column::LastError, Expr::value(Option::<String>::None));
        held(self.tx, update).await
    }

    /// The attempt failed: once more at `run_at`. `code` says why and holds no personal data.
    pub async fn retry_at(
        &self,
        job: &ClaimedJob,
        run_at: DateTime<Utc>,
        code: &str,
    ) -> Result<(), StoreError> {
        let update = owned(job)
            .col_expr(Column::State, Expr::value(QUEUED))
            .col_expr(Column::RunAt, Expr::value(run_at))
            .col_expr(Column::LastError, Expr::value(code));
        held(self.tx, update).await
    }

    /// The job is given up. `code` says why and holds no personal data.
    pub async fn kill(&self, job: &ClaimedJob, code: &str) -> Result<(), StoreError> {
        let update = owned(job)
            .col_expr(Column::State, Expr::value(DEAD))
            .col_expr(Column::FinishedAt, Expr::value(self.tx.now()))
            .col_expr(Column::LastError, Expr::value(code));
        held(self.tx, update).await
    }

    /// How many jobs are in which state.
    pub async fn counts(&self) -> Result<JobCounts, StoreError> {
        #[derive(FromQueryResult)]
        struct Row {
            queued: i64,
            running: i64,
            done: i64,
            dead: i64,
        }
        let sql = "SELECT count(*) FILTER (WHERE state = 'queued') AS queued,
                          count(*) FILTER (WHERE state = 'running') AS running,
                          count(*) FILTER (WHERE state = 'done') AS done,
                          count(*) FILTER (WHERE state = 'dead') AS dead
                     FROM jobs";
        let row = self.tx.one::<Row>(sql, []).await?.ok_or_else(|| StoreError::corrupt("jobs"))?;
        Ok(JobCounts { queued: row.queued, running: row.running, done: row.done, dead: row.dead })
    }

    /// Gives up jobs whose worker vanished during their last attempt. Returns how many.
    pub(super) async fn bury_abandoned(&self) -> Result<u64, StoreError> {
        let now = self.tx.now();
        let result = Entity::update_many()
            .col_expr(Column::State, Expr::value(DEAD))
            .col_expr(Column::FinishedAt, Expr::value(now))
            .col_expr(Column::LastError, Expr::value(LEASE_EXPIRED))
            // A worker that wakes up again must find its claim gone.
            .col_expr(Column::Fence, Expr::col(Column::Fence).add(1))
            .filter(COLUMN.state.eq(RUNNING))
            .filter(COLUMN.lease_until.lte(now))
            .filter(Expr::col(Column::Attempts).gte(Expr::col(Column::MaxAttempts)))
            .exec(self.tx.connection())
            .await?;
        Ok(result.rows_affected)
    }
}

/// The id of the next job to take. SQLite has one writer and needs no lock, so its builder leaves the clause out.
fn next_due(kinds: &[&str], now: DateTime<Utc>) -> sea_orm::sea_query::SelectStatement {
    let waiting = Condition::all().add(COLUMN.state.eq(QUEUED)).add(COLUMN.run_at.lte(now));
    let abandoned = Condition::all()
        .add(COLUMN.state.eq(RUNNING))
        .add(COLUMN.lease_until.lte(now))
        .add(Expr::col((Entity, Column::Attempts)).lt(Expr::col((Entity, Column::MaxAttempts))));
    Query::select()
        .column(Column::Id)
        .from(Entity)
        .cond_where(COLUMN.kind.is_in(kinds.iter().copied()))
        .cond_where(Condition::any().add(waiting).add(abandoned))
        .order_by(Column::RunAt, sea_orm::Order::Asc)
        .order_by(Column::Id, sea_orm::Order::Asc)
        .limit(1)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .take()
}

fn owned(job: &ClaimedJob) -> sea_orm::UpdateMany<Entity> {
    Entity::update_many()
        .filter(COLUMN.id.eq(job.id))
        .filter(COLUMN.fence.eq(job.fence))
        .filter(COLUMN.state.eq(RUNNING))
}

async fn held(tx: &Tx, update: sea_orm::UpdateMany<Entity>) -> Result<(), StoreError> {
    let result = update.exec(tx.connection()).await?;
    if result.rows_affected == 1 { Ok(()) } else { Err(StoreError::LeaseLost) }
}

impl TryFrom<Model> for ClaimedJob {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            kind: row.kind,
            payload: serde_json::from_str(&row.payload).map_err(|_| StoreError::corrupt("jobs.payload"))?,
            attempts: row.attempts,
            max_attempts: row.max_attempts,
            lease_until: row.lease_until.ok_or_else(|| StoreError::corrupt("jobs.lease_until"))?,
            fence: row.fence,
        })
    }
}
