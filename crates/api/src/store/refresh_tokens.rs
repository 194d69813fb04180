//! Refresh tokens of front ends on other origins. Only SHA-256 of a token is stored; one of each session is live.
//!
//! A token is used once and has a successor. Presented again, it means one of two things. If the successor was never used, the answer
//! that carried it was lost: the successor is void, another one is made. If it was used, or was made void and turns up nevertheless, two
//! parties hold tokens of one session, and the session has to end.

use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{EntityTrait as _, QueryFilter as _, QuerySelect as _, Set};
use shared_types::ids::{SessionId, UserId};
use uuid::Uuid;

use super::entities::refresh_token::{ActiveModel, COLUMN, Column, Entity, Model};
use super::error::StoreError;
use super::transaction::Tx;

const LIVE: &str = "live";
const USED: &str = "used";
const VOID: &str = "void";

/// What a token led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// There is no such token.
    Unknown,
    /// It has a successor now.
    Rotated {
        /// Its session, of which the caller has to see whether it is alive.
        session: SessionId,
        /// Whose.
        user: UserId,
    },
    /// Two parties hold tokens of the session: it has to end.
    Reused {
        /// The session.
        session: SessionId,
        /// Whose.
        user: UserId,
    },
}

/// All refresh tokens.
pub struct RefreshTokens<'t> {
    tx: &'t Tx,
}

impl<'t> RefreshTokens<'t> {
    pub(super) const fn new(tx: &'t Tx) -> Self {
        Self { tx }
    }

    /// The first token of a session.
    pub async fn begin(&self, user: UserId, session: SessionId, hash: &[u8; 32]) -> Result<(), StoreError> {
        self.insert(user.as_uuid(), session.as_uuid(), None, hash).await
    }

    /// Uses a token up and makes its successor.
    pub async fn rotate(&self, hash: &[u8; 32], successor: &[u8; 32]) -> Result<Rotation, StoreError> {
        // Locked: of two that come at once the second sees what the first one did.
        let query = Entity::find().filter(COLUMN.token_hash.eq(hash.to_vec())).lock(LockType::Update);
        let Some(row) = query.one(self.tx.connection()).await? else { return Ok(Rotation::Unknown) };
        let (session, user) = (SessionId::from_uuid(row.session_id), UserId::from_uuid(row.user_id));
        let goes_on = match row.state.as_str() {
            LIVE => self.set(COLUMN.id.eq(row.id), USED).await?,
            USED => self.set(COLUMN.parent_id.eq(row.id), VOID).await?,
            _ => false,
        };
        if !goes_on {
            return Ok(Rotation::Reused { session, user });
        }
        self.insert(row.user_id, row.session_id, Some(row.id), successor).await?;
        Ok(Rotation::Rotated { session, user })
    }

    /// The session of a token, whatever has become of the token.
    pub async fn session_of(&self, hash: &[u8; 32]) -> Result<Option<(SessionId, UserId)>, StoreError> {
        let query = Entity::find().filter(COLUMN.token_hash.eq(hash.to_vec()));
        let row: Option<Model> = query.one(self.tx.connection()).await?;
        Ok(row.map(|row| (SessionId::from_uuid(row.session_id), UserId::from_uuid(row.user_id))))
    }

    /// Whether a live token was there to be changed.
    async fn set(&self, which: Expr, state: &str) -> Result<bool, StoreError> {
        let result = Entity::update_many()
            .col_expr(Column::State, Expr::value(state))
            .filter(which)
            .filter(COLUMN.state.eq(LIVE))
            .exec(self.tx.connection())
            .await?;
        Ok(result.rows_affected == 1)
    }

    async fn insert(
        &self,
        user: Uuid,
        session: Uuid,
        parent: Option<Uuid>,
        hash: &[u8; 32],
    ) -> Result<(), StoreError> {
        let now = self.tx.now();
        let row = ActiveModel {
            id: Set(self.tx.context().random.uuid(now)),
            token_hash: Set(hash.to_vec()),
            session_id: Set(session),
            user_id: Set(user),
            parent_id: Set(parent),
            state: Set(LIVE.to_owned()),
            created_at: Set(now),
        };
        Entity::insert(row).exec_without_returning(self.tx.connection()).await?;
        Ok(())
    }
}
