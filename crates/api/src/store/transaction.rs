//! Transactions that know whose they are. What a repository offers depends on which of the two it came from.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, FromQueryResult, Statement, Value};
use shared_types::ids::UserId;

use super::account_links::{AccountLink, AccountLinks};
use super::audit::AuditLog;
use super::challenges::Challenges;
use super::devices::Devices;
use super::error::StoreError;
use super::factors::UserFactors;
use super::generations::{GenerationScope, Generations, UserGenerations};
use super::idempotency::{IdempotencyKeys, IdempotencyScope};
use super::jobs::{JobQueue, Jobs};
use super::link_flows::LinkFlows;
use super::mappings::{Mapping, Mappings};
use super::own_data::OwnData;
use super::passkey_ceremonies::PasskeyCeremonies;
use super::passkeys::{Passkeys, UserPasskeys};
use super::profile_changes::ProfileChanges;
use super::rate_limits::RateLimits;
use super::recovery_codes::UserRecoveryCodes;
use super::refresh_tokens::RefreshTokens;
use super::retention::{Expired, Retention};
use super::sealing::Context;
use super::sessions::{Sessions, UserSessions};
use super::sign_in_tries::SignInTries;
use super::totp::UserTotp;
use super::users::{Account, Users};

/// An open transaction; dropping it rolls back.
pub(super) struct Tx {
    inner: DatabaseTransaction,
    context: Arc<Context>,
}

impl Tx {
    pub(super) const fn new(inner: DatabaseTransaction, context: Arc<Context>) -> Self {
        Self { inner, context }
    }

    pub(super) const fn connection(&self) -> &DatabaseTransaction {
        &self.inner
    }

    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.context.clock.now()
    }

    /// Runs one statement, written for both engines with `$1…`, and reads at most one row of its result.
    pub(super) async fn one<R: FromQueryResult>(
        &self,
        sql: &'static str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Option<R>, StoreError> {
        use sea_orm::ConnectionTrait as _;
        let statement = Statement::from_sql_and_values(self.inner.get_database_backend(), sql, values);
        let row = self.inner.query_one_raw(statement).await?;
        Ok(row.map(|row| R::from_query_result(&row, "")).transpose()?)
    }

    async fn commit(self) -> Result<(), StoreError> {
        Ok(self.inner.commit().await?)
    }
}

/// A signed-in user's transaction: their own rows, nobody else's.
pub struct UserTx {
    tx: Tx,
    user: UserId,
}

impl UserTx {
    pub(super) const fn new(tx: Tx, user: UserId) -> Self {
        Self { tx, user }
    }

    /// Whose transaction it is.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// The user's own record.
    #[must_use]
    pub const fn account(&self) -> Account<'_> {
        Account::new(&self.tx, self.user)
    }

    /// What ties the user to WHMCS and Salesforce.
    pub async fn mapping(&self) -> Result<Option<Mapping>, StoreError> {
        Mappings::new(&self.tx).get(self.user).await
    }

    /// The accounts that the user may act for, the own one first.
    pub async fn account_links(&self) -> Result<Vec<AccountLink>, StoreError> {
        AccountLinks::new(&self.tx, self.user).list().await
    }

    /// The user's sessions.
    #[must_use]
    pub const fn sessions(&self) -> UserSessions<'_> {
        UserSessions::new(&self.tx, self.user)
    }

    /// What the user has set up beside the password.
    #[must_use]
    pub const fn factors(&self) -> UserFactors<'_> {
        UserFactors::new(&self.tx, self.user)
    }

    /// The user's authenticator app.
    #[must_use]
    pub const fn totp(&self) -> UserTotp<'_> {
        UserTotp::new(&self.tx, self.user)
    }

    /// The user's recovery codes.
    #[must_use]
    pub const fn recovery_codes(&self) -> UserRecoveryCodes<'_> {
        UserRecoveryCodes::new(&self.tx, self.user)
    }

    /// The user's passkeys.
    #[must_use]
    pub const fn passkeys(&self) -> UserPasskeys<'_> {
        UserPasskeys::new(&self.tx, self.user)
    }

    /// The user's changes that are on their way.
    #[must_use]
    pub const fn profile_changes(&self) -> ProfileChanges<'_> {
        ProfileChanges::new(&self.tx, self.user)
    }

    /// The user's claims on idempotency keys.
    #[must_use]
    pub const fn idempotency(&self) -> IdempotencyKeys<'_> {
        IdempotencyKeys::new(&self.tx, IdempotencyScope::User(self.user))
    }

    /// Adding jobs.
    #[must_use]
    pub const fn jobs(&self) -> JobQueue<'_> {
        JobQueue::new(&self.tx)
    }

    /// The user's part of the audit log: reading it, and adding to it in the user's name.
    #[must_use]
    pub const fn audit(&self) -> AuditLog<'_> {
        AuditLog::new(&self.tx, Some(self.user))
    }

    /// What is kept of the user beside record, sessions and audit log: for taking it along.
    pub async fn own_data(&self) -> Result<OwnData, StoreError> {
        super::own_data::read(&self.tx, self.user).await
    }

    /// Generations of the user's cached data.
    #[must_use]
    pub const fn generations(&self) -> UserGenerations<'_> {
        UserGenerations::new(&self.tx, GenerationScope::User(self.user))
    }

    /// Makes everything done here last.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.tx.commit().await
    }
}

/// A transaction of the portal itself.
pub struct SystemTx {
    tx: Tx,
}

impl SystemTx {
    pub(super) const fn new(tx: Tx) -> Self {
        Self { tx }
    }

    /// All users.
    #[must_use]
    pub const fn users(&self) -> Users<'_> {
        Users::new(&self.tx)
    }

    /// One user's record.
    #[must_use]
    pub const fn account(&self, user: UserId) -> Account<'_> {
        Account::new(&self.tx, user)
    }

    /// What ties users to WHMCS and Salesforce.
    #[must_use]
    pub const fn mappings(&self) -> Mappings<'_> {
        Mappings::new(&self.tx)
    }

    /// The accounts that a user may act for.
    #[must_use]
    pub const fn account_links(&self, user: UserId) -> AccountLinks<'_> {
        AccountLinks::new(&self.tx, user)
    }

    /// Linkings in progress.
    #[must_use]
    pub const fn link_flows(&self) -> LinkFlows<'_> {
        LinkFlows::new(&self.tx)
    }

    /// All sessions.
    #[must_use]
    pub const fn sessions(&self) -> Sessions<'_> {
        Sessions::new(&self.tx)
    }

    /// One user's sessions.
    #[must_use]
    pub const fn sessions_of(&self, user: UserId) -> UserSessions<'_> {
        UserSessions::new(&self.tx, user)
    }

    /// What one user has set up beside the password.
    #[must_use]
    pub const fn factors_of(&self, user: UserId) -> UserFactors<'_> {
        UserFactors::new(&self.tx, user)
    }

    /// One user's authenticator app.
    #[must_use]
    pub const fn totp_of(&self, user: UserId) -> UserTotp<'_> {
        UserTotp::new(&self.tx, user)
    }

    /// One user's recovery codes.
    #[must_use]
    pub const fn recovery_codes_of(&self, user: UserId) -> UserRecoveryCodes<'_> {
        UserRecoveryCodes::new(&self.tx, user)
    }

    /// Known devices.
    #[must_use]
    pub const fn devices(&self) -> Devices<'_> {
        Devices::new(&self.tx)
    }

    /// Tries to sign in. Commit even when one is refused.
    #[must_use]
    pub const fn sign_in_tries(&self) -> SignInTries<'_> {
        SignInTries::new(&self.tx)
    }

    /// All passkeys.
    #[must_use]
    pub const fn passkeys(&self) -> Passkeys<'_> {
        Passkeys::new(&self.tx)
    }

    /// Passkey ceremonies that were begun.
    #[must_use]
    pub const fn passkey_ceremonies(&self) -> PasskeyCeremonies<'_> {
        PasskeyCeremonies::new(&self.tx)
    }

    /// Refresh tokens of front ends on other origins.
    #[must_use]
    pub const fn refresh_tokens(&self) -> RefreshTokens<'_> {
        RefreshTokens::new(&self.tx)
    }

    /// Challenges.
    #[must_use]
    pub const fn challenges(&self) -> Challenges<'_> {
        Challenges::new(&self.tx)
    }

    /// Claims on idempotency keys of a scope.
    #[must_use]
    pub const fn idempotency(&self, scope: IdempotencyScope) -> IdempotencyKeys<'_> {
        IdempotencyKeys::new(&self.tx, scope)
    }

    /// Adding jobs.
    #[must_use]
    pub const fn jobs(&self) -> JobQueue<'_> {
        JobQueue::new(&self.tx)
    }

    /// Working jobs off.
    #[must_use]
    pub const fn job_work(&self) -> Jobs<'_> {
        Jobs::new(&self.tx)
    }

    /// Rate limits. Commit even when a request is refused, and use a transaction of its own: what is rolled back
    /// was never counted.
    #[must_use]
    pub const fn rate_limits(&self) -> RateLimits<'_> {
        RateLimits::new(&self.tx)
    }

    /// The part of the audit log that belongs to `user` or to nobody: reading it and adding to it.
    #[must_use]
    pub const fn audit(&self, user: Option<UserId>) -> AuditLog<'_> {
        AuditLog::new(&self.tx, user)
    }

    /// Generations of cached data.
    #[must_use]
    pub const fn generations(&self) -> Generations<'_> {
        Generations::new(&self.tx)
    }

    /// Deletes what has expired and buries jobs whose last attempt died with its worker.
    pub async fn expire_rows(&self, retention: &Retention) -> Result<Expired, StoreError> {
        super::retention::expire_rows(&self.tx, retention).await
    }

    /// Makes everything done here last.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.tx.commit().await
    }
}

impl fmt::Debug for UserTx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserTx").field("user", &self.user).finish_non_exhaustive()
    }
}

impl fmt::Debug for SystemTx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemTx").finish_non_exhaustive()
    }
}
