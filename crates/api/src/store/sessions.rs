//! Signed-in browsers. The store sees the SHA-256 of a token, never the token.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{EntityTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set};
use shared_types::ids::{SessionId, UserId};
use uuid::Uuid;

use super::entities::session::{ActiveModel, COLUMN, Column, Entity, Model};
use super::entities::user;
use super::error::StoreError;
use super::mappings::ProvisionState;
use super::transaction::Tx;
use super::users::UserStatus;
use crate::clock::later;
use crate::domain::factor::Factors;

/// Most live sessions of one user; signing in once more ends the oldest.
const MAX_SESSIONS: u64 = 10;
/// Most sign-ins of one user that wait for a second proof. They are counted apart: whoever knows the password alone ends no session.
const MAX_PENDING: u64 = 5;

/// SHA-256 of a session's token.
pub type TokenHash = [u8; 32];

/// What a session has proved so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionLevel {
    /// Password right, second factor still due.
    MfaPending,
    /// WHMCS login proved, portal password still to be chosen.
    LinkSetPassword,
    /// Signed in.
    Full,
    /// Signed in, with a fresh factor.
    StepUp,
}

impl SessionLevel {
    const fn as_str(self) -> &'static str {
        match self {
            Self::MfaPending => "mfa_pending",
            Self::LinkSetPassword => "link_set_password",
            Self::Full => "full",
            Self::StepUp => "step_up",
        }
    }

    fn parse(text: &str) -> Result<Self, StoreError> {
        match text {
            "mfa_pending" => Ok(Self::MfaPending),
            "link_set_password" => Ok(Self::LinkSetPassword),
            "full" => Ok(Self::Full),
            "step_up" => Ok(Self::StepUp),
            _ => Err(StoreError::corrupt("sessions.level")),
        }
    }
}

/// A session to be added.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Made by the caller.
    pub id: SessionId,
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// What has been proved.
    pub level: SessionLevel,
    /// When it was proved.
    pub auth_time: DateTime<Utc>,
    /// Ends when unused for so long.
    pub idle: Duration,
    /// Ends at the latest after so long.
    pub absolute: Duration,
    /// Browser and system as the user would name them.
    pub device_label: Option<String>,
    /// Network of the address, never the whole address.
    pub coarse_ip: Option<String>,
    /// What was proved.
    pub factors: Factors,
    /// The known device that it came from.
    pub device_id: Option<Uuid>,
    /// The WHMCS client to act for; `None` for the user's own.
    pub active_client_id: Option<i64>,
}

/// A session that may be used now, with all that authenticating a request needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveSession {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// What has been proved.
    pub level: SessionLevel,
    /// When it was proved.
    pub auth_time: DateTime<Utc>,
    /// Last use that was noted.
    pub last_seen: DateTime<Utc>,
    /// End if unused.
    pub idle_expires_at: DateTime<Utc>,
    /// End in any case.
    pub absolute_expires_at: DateTime<Utc>,
    /// What was proved when it was opened.
    pub factors: Factors,
    /// The known device that it came from.
    pub device_id: Option<Uuid>,
    /// The WHMCS client that it acts for; `None` for the user's own.
    pub active_client_id: Option<i64>,
    /// The user's WHMCS client, once provisioned or linked.
    pub whmcs_client_id: Option<i64>,
    /// How far provisioning has come.
    pub provision_state: Option<ProvisionState>,
}

/// A session as its owner sees it in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionSummary {
    /// Which.
    pub id: SessionId,
    /// Browser and system.
    pub device_label: Option<String>,
    /// Network of the address.
    pub coarse_ip: Option<String>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// Last use that was noted.
    pub last_seen: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct LiveRow {
    id: Uuid,
    user_id: Uuid,
    level: String,
    auth_time: DateTime<Utc>,
    last_seen: DateTime<Utc>,
    idle_expires_at: DateTime<Utc>,
    absolute_expires_at: DateTime<Utc>,
    factors: String,
    device_id: Option<Uuid>,
    active_client_id: Option<i64>,
    whmcs_client_id: Option<i64>,
    provision_state: Option<String>,
}

/// Everything that decides whether a request is authenticated, in one query.
const LIVE_BY_TOKEN: &str = "
    SELECT s.id, s.user_id, s.level, s.auth_time, s.last_seen, s.idle_expires_at, s.absolute_expires_at,
           s.factors, s.device_id, s.active_client_id, m.whmcs_client_id, m.provision_state
      FROM sessions s
      JOIN users u ON u.id = s.user_id AND u.status = 'active' AND u.session_epoch = s.epoch
      LEFT JOIN id_mappings m ON m.user_id = s.user_id
     WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND s.idle_expires_at > $2 AND s.absolute_expires_at > $2";

/// All sessions, for authenticating requests.
pub struct Sessions<'t> {
    tx: &'t Tx,
}

impl<'t> Sessions<'t> {
    pub(super) const fn new(tx: &'t Tx) -> Self {
        Self { tx }
    }

    /// The session of a token, if it may be used: not ended, not expired, its user active and of the same epoch.
    pub async fn by_token_hash(&self, token_hash: &[u8; 32]) -> Result<Option<LiveSession>, StoreError> {
        let values = [token_hash.to_vec().into(), self.tx.now().into()];
        let Some(row) = self.tx.one::<LiveRow>(LIVE_BY_TOKEN, values).await? else { return Ok(None) };
        Ok(Some(LiveSession {
            id: SessionId::from_uuid(row.id),
            user_id: UserId::from_uuid(row.user_id),
            level: SessionLevel::parse(&row.level)?,
            auth_time: row.auth_time,
            last_seen: row.last_seen,
            idle_expires_at: row.idle_expires_at,
            absolute_expires_at: row.absolute_expires_at,
            factors: Factors::parse(&row.factors),
            device_id: row.device_id,
            active_client_id: row.active_client_id,
            whmcs_client_id: row.whmcs_client_id,
            provision_state: row.provision_state.as_deref().map(ProvisionState::parse).transpose()?,
        }))
    }

    /// Notes the use of a session and postpones its idle end, never beyond its absolute one. `false` if it has ended.
    pub async fn touch(&self, session: SessionId, idle: Duration) -> Result<bool, StoreError> {
        let now = self.tx.now();
        let idle_end = later(now, idle);
        let postponed =
            Expr::case(COLUMN.absolute_expires_at.lt(idle_end), Expr::col(Column::AbsoluteExpiresAt))
                .finally(idle_end);
        let result = Entity::update_many()
            .col_expr(Column::LastSeen, Expr::value(now))
            .col_expr(Column::IdleExpiresAt, postponed.into())
            .filter(COLUMN.id.eq(session.as_uuid()))
            .filter(COLUMN.revoked_at.is_null())
            .filter(COLUMN.idle_expires_at.gt(now))
            .exec(self.tx.connection())
            .await?;
        Ok(result.rows_affected == 1)
    }
}

/// One user's sessions.
pub struct UserSessions<'t> {
    tx: &'t Tx,
    user: UserId,
}

impl<'t> UserSessions<'t> {
    pub(super) const fn new(tx: &'t Tx, user: UserId) -> Self {
        Self { tx, user }
    }

    /// Adds a session and ends the oldest ones beyond ten. `false` if the user does not exist or is disabled.
    pub async fn insert(&self, session: &NewSession) -> Result<bool, StoreError> {
        let Some(epoch) = self.epoch().await? else { return Ok(false) };
        let now = self.tx.now();
        let absolute_expires_at = later(now, session.absolute);
        let row = ActiveModel {
            id: Set(session.id.as_uuid()),
            token_hash: Set(session.token_hash.to_vec()),
            user_id: Set(self.user.as_uuid()),
            level: Set(session.level.as_str().to_owned()),
            auth_time: Set(session.auth_time),
            last_seen: Set(now),
            idle_expires_at: Set(later(now, session.idle).min(absolute_expires_at)),
            absolute_expires_at: Set(absolute_expires_at),
            epoch: Set(epoch),
            device_label: Set(session.device_label.clone()),
            coarse_ip: Set(session.coarse_ip.clone()),
            created_at: Set(now),
            revoked_at: Set(None),
            active_client_id: Set(session.active_client_id),
            factors: Set(session.factors.to_string()),
            device_id: Set(session.device_id),
        };
        Entity::insert(row).exec_without_returning(self.tx.connection()).await?;
        self.end_oldest(session).await?;
        Ok(true)
    }

    /// Live sessions, the newest first; none in which a second proof is due.
    pub async fn list(&self) -> Result<Vec<SessionSummary>, StoreError> {
        let rows = self.live(false).all(self.tx.connection()).await?;
        let summary = |row: Model| SessionSummary {
            id: SessionId::from_uuid(row.id),
            device_label: row.device_label,
            coarse_ip: row.coarse_ip,
            created_at: row.created_at,
            last_seen: row.last_seen,
        };
        Ok(rows.into_iter().map(summary).collect())
    }

    /// Ends one session and returns the hash of its token, so that whoever remembers it can forget it. `None` if it is not the user's
    /// or has ended already.
    pub async fn revoke(&self, session: SessionId) -> Result<Option<TokenHash>, StoreError> {
        let query = self.revoking().filter(COLUMN.id.eq(session.as_uuid()));
        Ok(self.token_hashes(query).await?.pop())
    }

    /// Lets a session act for another client, or with `None` for the user's own. `false` if the session has ended.
    pub async fn act_for(&self, session: SessionId, client: Option<i64>) -> Result<bool, StoreError> {
        let result = Entity::update_many()
            .col_expr(Column::ActiveClientId, Expr::value(client))
            .filter(COLUMN.user_id.eq(self.user.as_uuid()))
            .filter(COLUMN.revoked_at.is_null())
            .filter(COLUMN.id.eq(session.as_uuid()))
            .exec(self.tx.connection())
            .await?;
        Ok(result.rows_affected == 1)
    }

    /// Sessions that act for a client that is none of these go back to the user's own.
    pub async fn leave_all_but(&self, clients: Vec<i64>) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::ActiveClientId, Expr::value(Option::<i64>::None))
            .filter(COLUMN.user_id.eq(self.user.as_uuid()))
            .filter(COLUMN.active_client_id.is_not_in(clients))
            .exec(self.tx.connection())
            .await?;
        Ok(())
    }

    /// Ends all sessions but the one to keep, if any. Returns the hashes of their tokens.
    pub async fn revoke_all(&self, keep: Option<SessionId>) -> Result<Vec<TokenHash>, StoreError> {
        let mut query = self.revoking();
        if let Some(keep) = keep {
            query = query.filter(COLUMN.id.ne(keep.as_uuid()));
        }
        self.token_hashes(query).await
    }

    /// Gives a session another token, and the user's epoch of now. The former token is dead. `false` if the session has ended.
    pub async fn replace_token(
        &self,
        session: SessionId,
        token_hash: &TokenHash,
    ) -> Result<bool, StoreError> {
        let Some(epoch) = self.epoch().await? else { return Ok(false) };
        let result = Entity::update_many()
            .col_expr(Column::TokenHash, Expr::value(token_hash.to_vec()))
            .col_expr(Column::Epoch, Expr::value(epoch))
            .filter(COLUMN.id.eq(session.as_uuid()))
            .filter(COLUMN.user_id.eq(self.user.as_uuid()))
            .filter(COLUMN.revoked_at.is_null())
            .exec(self.tx.connection())
            .await?;
        Ok(result.rows_affected == 1)
    }

    async fn token_hashes(&self, query: sea_orm::UpdateMany<Entity>) -> Result<Vec<TokenHash>, StoreError> {
        let rows = query.exec_with_returning(self.tx.connection()).await?;
        let hash =
            |row: Model| row.token_hash.try_into().map_err(|_| StoreError::corrupt("sessions.token_hash"));
        rows.into_iter().map(hash).collect()
    }

    /// The epoch of the user, `None` if there is no such user or a disabled one. The lock makes parallel sign-ins of one user count each
    /// other.
    async fn epoch(&self) -> Result<Option<i64>, StoreError> {
        let epoch = user::Entity::find_by_id(self.user.as_uuid())
            .select_only()
            .column(user::Column::SessionEpoch)
            .filter(user::COLUMN.status.eq(UserStatus::Active.as_str()))
            .lock(LockType::NoKeyUpdate)
            .into_tuple()
            .one(self.tx.connection())
            .await?;
        Ok(epoch)
    }

    /// The new one stays, also among others of the same moment.
    async fn end_oldest(&self, new: &NewSession) -> Result<(), StoreError> {
        let pending = new.level == SessionLevel::MfaPending;
        let kept: Vec<Uuid> = self
            .live(pending)
            .filter(COLUMN.id.ne(new.id.as_uuid()))
            .select_only()
            .column(Column::Id)
            .limit(if pending { MAX_PENDING - 1 } else { MAX_SESSIONS - 1 })
            .into_tuple()
            .all(self.tx.connection())
            .await?;
        let others = self.revoking().filter(of_level(pending)).filter(COLUMN.id.is_not_in(kept));
        others.filter(COLUMN.id.ne(new.id.as_uuid())).exec(self.tx.connection()).await?;
        Ok(())
    }

    /// Live sessions in which a second proof is due, or those in which none is.
    fn live(&self, pending: bool) -> sea_orm::Select<Entity> {
        let now = self.tx.now();
        Entity::find()
            .filter(of_level(pending))
            .filter(COLUMN.user_id.eq(self.user.as_uuid()))
            .filter(COLUMN.revoked_at.is_null())
            .filter(COLUMN.idle_expires_at.gt(now))
            .filter(COLUMN.absolute_expires_at.gt(now))
            .order_by_desc(Column::CreatedAt)
            .order_by_desc(Column::Id)
    }

    fn revoking(&self) -> sea_orm::UpdateMany<Entity> {
        Entity::update_many()
            .col_expr(Column::RevokedAt, Expr::value(self.tx.now()))
            .filter(COLUMN.user_id.eq(self.user.as_uuid()))
            .filter(COLUMN.revoked_at.is_null())
    }
}

fn of_level(pending: bool) -> Expr {
    let level = SessionLevel::MfaPending.as_str();
    if pending { COLUMN.level.eq(level) } else { COLUMN.level.ne(level) }
}
