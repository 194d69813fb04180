//! Passkey ceremonies that were begun. A ceremony is used up by one conditional statement, by whoever began it, so that of many answers
//! one is looked at.

use std::fmt;
use std::time::Duration;

use sea_orm::sea_query::Expr;
use sea_orm::{EntityTrait as _, QueryFilter as _, Set};
use shared_types::ids::{ChallengeId, SessionId, UserId};
use zeroize::Zeroizing;

use super::entities::passkey_ceremony::{ActiveModel, COLUMN, Column, Entity};
use super::error::StoreError;
use super::sealing;
use super::transaction::Tx;
use crate::clock::later;

/// What a ceremony is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CeremonyKind {
    /// Making a passkey.
    Registration,
    /// Signing in by a passkey alone.
    SignIn,
    /// The second proof after the password.
    SecondFactor,
    /// A fresh proof in the middle of a session.
    StepUp,
}

impl CeremonyKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::SignIn => "sign_in",
            Self::SecondFactor => "second_factor",
            Self::StepUp => "step_up",
        }
    }
}

/// Who takes part. Both halves of a ceremony have the same party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CeremonyParty {
    /// A browser in which nobody is signed in, by the SHA-256 of its mark.
    Browser([u8; 32]),
    /// A session.
    Session {
        /// Which.
        id: SessionId,
        /// Whose.
        user: UserId,
    },
}

impl CeremonyParty {
    /// Whose passkey it must be, where that is known.
    #[must_use]
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::Browser(_) => None,
            Self::Session { user, .. } => Some(*user),
        }
    }
}

/// A ceremony to be added.
pub struct NewCeremony<'a> {
    /// Made by the caller.
    pub id: ChallengeId,
    /// What for.
    pub kind: CeremonyKind,
    /// Whose.
    pub party: CeremonyParty,
    /// What the second half needs; sealed at rest.
    pub state: &'a [u8],
    /// For how long.
    pub lifetime: Duration,
}

/// All ceremonies.
pub struct PasskeyCeremonies<'t> {
    tx: &'t Tx,
}

impl<'t> PasskeyCeremonies<'t> {
    pub(super) const fn new(tx: &'t Tx) -> Self {
        Self { tx }
    }

    /// Adds a ceremony.
    pub async fn insert(&self, ceremony: &NewCeremony<'_>) -> Result<(), StoreError> {
        let now = self.tx.now();
        let id = ceremony.id.as_uuid();
        let (session, browser) = match ceremony.party {
            CeremonyParty::Browser(hash) => (None, Some(hash.to_vec())),
            CeremonyParty::Session { id, .. } => (Some(id.as_uuid()), None),
        };
        let row = ActiveModel {
            id: Set(id),
            kind: Set(ceremony.kind.as_str().to_owned()),
            user_id: Set(ceremony.party.user().map(|user| user.as_uuid())),
            session_id: Set(session),
            browser_hash: Set(browser),
            state_sealed: Set(self.tx.context().seal(sealing::Column::CeremonyState, id, ceremony.state)?),
            expires_at: Set(later(now, ceremony.lifetime)),
            used_at: Set(None),
            created_at: Set(now),
        };
        Entity::insert(row).exec_without_returning(self.tx.connection()).await?;
        Ok(())
    }

    /// Uses a ceremony up and returns its state; `None` if it is unknown, used, expired, of another kind or another party's. Commit
    /// before the answer is checked: a wrong one uses the ceremony up too.
    pub async fn take(
        &self,
        kind: CeremonyKind,
        id: ChallengeId,
        party: &CeremonyParty,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let now = self.tx.now();
        let taking = Entity::update_many()
            .col_expr(Column::UsedAt, Expr::value(now))
            .filter(COLUMN.id.eq(id.as_uuid()))
            .filter(COLUMN.kind.eq(kind.as_str()))
            .filter(COLUMN.used_at.is_null())
            .filter(COLUMN.expires_at.gt(now));
        let taking = match party {
            CeremonyParty::Browser(hash) => taking
                .filter(COLUMN.browser_hash.eq(hash.to_vec()))
                .filter(COLUMN.session_id.is_null())
                .filter(COLUMN.user_id.is_null()),
            CeremonyParty::Session { id, user } => {
                taking.filter(COLUMN.session_id.eq(id.as_uuid())).filter(COLUMN.user_id.eq(user.as_uuid()))
            }
        };
        let rows = taking.exec_with_returning(self.tx.connection()).await?;
        let Some(row) = rows.into_iter().next() else { return Ok(None) };
        self.tx.context().open(sealing::Column::CeremonyState, row.id, &row.state_sealed).map(Some)
    }
}

impl fmt::Debug for NewCeremony<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewCeremony").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}
