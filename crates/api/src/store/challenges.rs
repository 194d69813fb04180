//! Proofs that somebody still owes. Counting a try and using a challenge up are single conditional statements, so
//! that parallel requests cannot get more tries or more than one success.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{EntityTrait as _, QueryFilter as _, QueryOrder as _, Set};
use secrecy::{ExposeSecret as _, SecretString};
use shared_types::ids::{ChallengeId, UserId};
use zeroize::Zeroizing;

use super::email_address::EmailAddress;
use super::entities::challenge::{ActiveModel, COLUMN, Column, Entity, Model};
use super::error::StoreError;
use super::sealing;
use super::transaction::Tx;
use crate::clock::later;

/// What the proof is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeKind {
    /// That the address of a new customer is theirs.
    Signup,
    /// That whoever wants to replace a password reads the account's mail.
    PasswordReset,
    /// That a user's new address is theirs.
    EmailChange,
    /// That whoever signs in from a device for the first time reads the account's mail.
    NewDevice,
    /// Nothing: it keeps the address that a user had until the owner has been told there. No code fits it.
    FormerAddress,
}

impl ChallengeKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Signup => "signup",
            Self::PasswordReset => "password_reset",
            Self::EmailChange => "email_change",
            Self::NewDevice => "new_device",
            Self::FormerAddress => "former_address",
        }
    }

    fn parse(text: &str) -> Result<Self, StoreError> {
        match text {
            "signup" => Ok(Self::Signup),
            "password_reset" => Ok(Self::PasswordReset),
            "email_change" => Ok(Self::EmailChange),
            "new_device" => Ok(Self::NewDevice),
            "former_address" => Ok(Self::FormerAddress),
            _ => Err(StoreError::corrupt("challenges.kind")),
        }
    }
}

/// A challenge to be added.
pub struct NewChallenge<'a> {
    /// Made by the caller.
    pub id: ChallengeId,
    /// What for.
    pub kind: ChallengeKind,
    /// Whose it is, where the user is known; a challenge goes with its user.
    pub user: Option<UserId>,
    /// Whose address has to be proved.
    pub email: &'a EmailAddress,
    /// PHC string of the code; `None` makes a decoy, which no code matches.
    pub code_hash: Option<SecretString>,
    /// What to do once proved; sealed at rest.
    pub payload: Option<&'a [u8]>,
    /// How many tries.
    pub attempts: i32,
    /// For how long.
    pub lifetime: Duration,
}

/// A challenge that can still be met, for the job that mails its code.
pub struct OpenChallenge {
    /// Which.
    pub id: ChallengeId,
    /// What for.
    pub kind: ChallengeKind,
    /// Whose it is, where the user is known.
    pub user: Option<UserId>,
    /// What to do once proved.
    pub payload: Option<Zeroizing<Vec<u8>>>,
}

/// A try that was counted.
pub struct ChallengeAttempt {
    /// Which.
    pub id: ChallengeId,
    /// Whose it is, where the user is known.
    pub user: Option<UserId>,
    /// PHC string of the code; `None` for a decoy. Verify a dummy then, so that both take as long.
    pub code_hash: Option<SecretString>,
    /// What to do once proved.
    pub payload: Option<Zeroizing<Vec<u8>>>,
    /// Tries left after this one.
    pub attempts_left: i32,
    /// End of the challenge.
    pub expires_at: DateTime<Utc>,
}

/// All challenges.
pub struct Challenges<'t> {
    tx: &'t Tx,
}

impl<'t> Challenges<'t> {
    pub(super) const fn new(tx: &'t Tx) -> Self {
        Self { tx }
    }

    /// Adds a challenge and voids older ones of the same kind for the same address. Codes for a new device stay: each is bound to the
    /// browser that gave the password, and whoever tries to get in elsewhere must not void the owner's.
    pub async fn insert(&self, challenge: &NewChallenge<'_>) -> Result<(), StoreError> {
        let context = self.tx.context();
        let id = challenge.id.as_uuid();
        let now = self.tx.now();
        if challenge.kind != ChallengeKind::NewDevice {
            self.using_up()
                .filter(COLUMN.kind.eq(challenge.kind.as_str()))
                .filter(Expr::col(Column::EmailBidx).is_in(context.email_indexes(challenge.email)))
                .exec(self.tx.connection())
                .await?;
        }
        let seal = |payload| context.seal(sealing::Column::ChallengePayload, id, payload);
        let row = ActiveModel {
            id: Set(id),
            kind: Set(challenge.kind.as_str().to_owned()),
            email_bidx: Set(context.email_index(challenge.email)),
            code_hash: Set(challenge.code_hash.as_ref().map(|hash| hash.expose_secret().to_owned())),
            payload_sealed: Set(challenge.payload.map(seal).transpose()?),
            attempts_left: Set(challenge.attempts),
            expires_at: Set(later(now, challenge.lifetime)),
            used_at: Set(None),
            created_at: Set(now),
            user_id: Set(challenge.user.map(|user| user.as_uuid())),
        };
        Entity::insert(row).exec_without_returning(self.tx.connection()).await?;
        Ok(())
    }

    /// A challenge while it is open: for the job that mails the code.
    pub async fn open(&self, id: ChallengeId) -> Result<Option<OpenChallenge>, StoreError> {
        let query = self.still_open().filter(COLUMN.id.eq(id.as_uuid()));
        query.one(self.tx.connection()).await?.map(|row| self.opened(row)).transpose()
    }

    /// The oldest open challenge of a kind that belongs to a user.
    pub async fn oldest_open_of(
        &self,
        user: UserId,
        kind: ChallengeKind,
    ) -> Result<Option<OpenChallenge>, StoreError> {
        let query = self
            .still_open()
            .filter(COLUMN.user_id.eq(user.as_uuid()))
            .filter(COLUMN.kind.eq(kind.as_str()))
            .order_by_asc(Column::Id);
        query.one(self.tx.connection()).await?.map(|row| self.opened(row)).transpose()
    }

    /// The end of a challenge that has neither been met nor ended, whether or not tries are left.
    pub async fn open_until(
        &self,
        kind: ChallengeKind,
        id: ChallengeId,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let query =
            self.still_open().filter(COLUMN.id.eq(id.as_uuid())).filter(COLUMN.kind.eq(kind.as_str()));
        Ok(query.one(self.tx.connection()).await?.map(|row| row.expires_at))
    }

    /// Sets the code that is about to be mailed, and whose challenge it is if that was not known; an earlier code no longer works.
    /// `false` if the challenge is over.
    pub async fn set_code(
        &self,
        id: ChallengeId,
        code_hash: &SecretString,
        user: Option<UserId>,
    ) -> Result<bool, StoreError> {
        let result = Entity::update_many()
            .col_expr(Column::CodeHash, Expr::value(code_hash.expose_secret()))
            .col_expr(Column::UserId, Expr::value(user.map(|user| user.as_uuid())))
            .filter(COLUMN.id.eq(id.as_uuid()))
            .filter(COLUMN.used_at.is_null())
            .filter(COLUMN.expires_at.gt(self.tx.now()))
            .exec(self.tx.connection())
            .await?;
        Ok(result.rows_affected == 1)
    }

    /// Counts a try and returns the challenge; `None` if it is unknown, of another kind, used, expired or out of tries. Commit before
    /// the code is checked, or a failed check would take the count back.
    pub async fn take_attempt(
        &self,
        kind: ChallengeKind,
        id: ChallengeId,
    ) -> Result<Option<ChallengeAttempt>, StoreError> {
        let rows = Entity::update_many()
            .col_expr(Column::AttemptsLeft, Expr::col(Column::AttemptsLeft).sub(1))
            .filter(COLUMN.id.eq(id.as_uuid()))
            .filter(COLUMN.kind.eq(kind.as_str()))
            .filter(COLUMN.used_at.is_null())
            .filter(COLUMN.expires_at.gt(self.tx.now()))
            .filter(COLUMN.attempts_left.gt(0))
            .exec_with_returning(self.tx.connection())
            .await?;
        let Some(row) = rows.into_iter().next() else { return Ok(None) };
        let open =
            |sealed: Vec<u8>| self.tx.context().open(sealing::Column::ChallengePayload, row.id, &sealed);
        Ok(Some(ChallengeAttempt {
            id,
            user: row.user_id.map(UserId::from_uuid),
            code_hash: row.code_hash.map(SecretString::from),
            payload: row.payload_sealed.map(open).transpose()?,
            attempts_left: row.attempts_left,
            expires_at: row.expires_at,
        }))
    }

    /// Uses the challenge up, in the transaction of what it allows. Of many parallel calls one gets `true`. Code and
    /// payload are wiped from the row.
    pub async fn consume(&self, id: ChallengeId) -> Result<bool, StoreError> {
        let result = self
            .using_up()
            .filter(COLUMN.id.eq(id.as_uuid()))
            .filter(COLUMN.expires_at.gt(self.tx.now()))
            .exec(self.tx.connection())
            .await?;
        Ok(result.rows_affected == 1)
    }

    fn still_open(&self) -> sea_orm::Select<Entity> {
        Entity::find().filter(COLUMN.used_at.is_null()).filter(COLUMN.expires_at.gt(self.tx.now()))
    }

    fn opened(&self, row: Model) -> Result<OpenChallenge, StoreError> {
        let open =
            |sealed: Vec<u8>| self.tx.context().open(sealing::Column::ChallengePayload, row.id, &sealed);
        Ok(OpenChallenge {
            id: ChallengeId::from_uuid(row.id),
            kind: ChallengeKind::parse(&row.kind)?,
            user: row.user_id.map(UserId::from_uuid),
            payload: row.payload_sealed.map(open).transpose()?,
        })
    }

    fn using_up(&self) -> sea_orm::UpdateMany<Entity> {
        Entity::update_many()
            .col_expr(Column::UsedAt, Expr::value(self.tx.now()))
            .col_expr(Column::CodeHash, Expr::value(Option::<String>::None))
            .col_expr(Column::PayloadSealed, Expr::value(Option::<Vec<u8>>::None))
            .filter(COLUMN.used_at.is_null())
    }
}

impl fmt::Debug for NewChallenge<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewChallenge").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl fmt::Debug for OpenChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenChallenge")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ChallengeAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChallengeAttempt")
            .field("id", &self.id)
            .field("attempts_left", &self.attempts_left)
            .finish_non_exhaustive()
    }
}
