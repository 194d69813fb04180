//! Portal users. Names and addresses are opened here and nowhere else.

use std::fmt;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{EntityTrait as _, QueryFilter as _, QuerySelect as _, Set};
use secrecy::{ExposeSecret as _, SecretString};
use shared_types::ids::UserId;
use uuid::Uuid;

use super::email_address::EmailAddress;
use super::entities::user::{self, COLUMN, Column as UserColumn, Entity};
use super::entities::{mfa_totp, passkey};
use super::error::{StoreError, UniqueViolation};
use super::sealing::Column;
use super::transaction::Tx;

/// Whether a user may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserStatus {
    /// Yes.
    Active,
    /// No; sessions are dead too.
    Disabled,
}

impl UserStatus {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }

    fn parse(text: &str) -> Result<Self, StoreError> {
        match text {
            "active" => Ok(Self::Active),
            "disabled" => Ok(Self::Disabled),
            _ => Err(StoreError::corrupt("users.status")),
        }
    }
}

/// A user to be added.
pub struct NewUser {
    /// Made by the caller, so that jobs and audit rows of the same transaction can name it.
    pub id: UserId,
    /// Address, unique among all users.
    pub email: EmailAddress,
    /// First name as typed.
    pub first_name: String,
    /// Last name as typed.
    pub last_name: String,
    /// Company as typed; empty for a private person.
    pub company_name: String,
    /// PHC string of the peppered password.
    pub password_hash: SecretString,
}

/// What signing in needs of a user.
pub struct Credentials {
    /// Who.
    pub user_id: UserId,
    /// PHC string of the peppered password.
    pub password_hash: SecretString,
    /// Whether they may.
    pub status: UserStatus,
}

/// A user's personal record.
#[derive(Clone, PartialEq, Eq)]
pub struct Profile {
    /// Who.
    pub user_id: UserId,
    /// Normalised address.
    pub email: EmailAddress,
    /// First name as typed.
    pub first_name: String,
    /// Last name as typed.
    pub last_name: String,
    /// Company as typed; empty for a private person.
    pub company_name: String,
    /// Whether they may sign in.
    pub status: UserStatus,
    /// When the user was added.
    pub created_at: DateTime<Utc>,
    /// When the record last changed.
    pub updated_at: DateTime<Utc>,
}

/// All users, for work that runs before a user is known.
pub struct Users<'t> {
    tx: &'t Tx,
}

impl<'t> Users<'t> {
    pub(super) const fn new(tx: &'t Tx) -> Self {
        Self { tx }
    }

    /// Adds an active user. `Conflict(UserEmail)` if the address is taken.
    pub async fn insert(&self, user: &NewUser) -> Result<(), StoreError> {
        let context = self.tx.context();
        // The unique index compares values of one key only; those of older keys are looked up.
        if self.by_email(&user.email).await?.is_some() {
            return Err(StoreError::Conflict(UniqueViolation::UserEmail));
        }
        let id = user.id.as_uuid();
        let now = self.tx.now();
        let row = user::ActiveModel {
            id: Set(id),
            email_sealed: Set(context.seal(Column::UserEmail, id, user.email.as_str().as_bytes())?),
            email_bidx: Set(context.email_index(&user.email)),
            first_name_sealed: Set(context.seal(Column::UserFirstName, id, user.first_name.as_bytes())?),
            last_name_sealed: Set(context.seal(Column::UserLastName, id, user.last_name.as_bytes())?),
            company_name_sealed: Set(context.seal(
                Column::UserCompanyName,
                id,
                user.company_name.as_bytes(),
            )?),
            password_hash: Set(user.password_hash.expose_secret().to_owned()),
            status: Set(UserStatus::Active.as_str().to_owned()),
            session_epoch: Set(0),
            created_at: Set(now),
            updated_at: Set(now),
        };
        Entity::insert(row).exec_without_returning(self.tx.connection()).await?;
        Ok(())
    }

    /// The user with an address, under any key of the ring.
    pub async fn by_email(&self, email: &EmailAddress) -> Result<Option<Credentials>, StoreError> {
        let indexes = self.tx.context().email_indexes(email);
        let found: Option<(Uuid, String, String)> = Entity::find()
            .select_only()
            .columns([UserColumn::Id, UserColumn::PasswordHash, UserColumn::Status])
            .filter(Expr::col(UserColumn::EmailBidx).is_in(indexes))
            .into_tuple()
            .one(self.tx.connection())
            .await?;
        let Some((id, password_hash, status)) = found else { return Ok(None) };
        Ok(Some(Credentials {
            user_id: UserId::from_uuid(id),
            password_hash: password_hash.into(),
            status: UserStatus::parse(&status)?,
        }))
    }
}

/// One user's record.
pub struct Account<'t> {
    tx: &'t Tx,
    user: UserId,
}

impl<'t> Account<'t> {
    pub(super) const fn new(tx: &'t Tx, user: UserId) -> Self {
        Self { tx, user }
    }

    /// The personal record; `None` if there is no such user, or none that this transaction may see.
    pub async fn profile(&self) -> Result<Option<Profile>, StoreError> {
        let id = self.user.as_uuid();
        let Some(row) = Entity::find_by_id(id).one(self.tx.connection()).await? else { return Ok(None) };
        let context = self.tx.context();
        let email = context.open_text(Column::UserEmail, id, &row.email_sealed)?;
        Ok(Some(Profile {
            user_id: self.user,
            email: EmailAddress::parse(&email).map_err(|_| StoreError::corrupt("users.email_sealed"))?,
            first_name: context.open_text(Column::UserFirstName, id, &row.first_name_sealed)?,
            last_name: context.open_text(Column::UserLastName, id, &row.last_name_sealed)?,
            company_name: context.open_text(Column::UserCompanyName, id, &row.company_name_sealed)?,
            status: UserStatus::parse(&row.status)?,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }))
    }

    /// The password's PHC string.
    pub async fn password_hash(&self) -> Result<Option<SecretString>, StoreError> {
        let hash: Option<String> = Entity::find_by_id(self.user.as_uuid())
            .select_only()
            .column(UserColumn::PasswordHash)
            .into_tuple()
            .one(self.tx.connection())
            .await?;
        Ok(hash.map(SecretString::from))
    }

    /// Whether a second factor is set up, beyond which no password alone may lead.
    pub async fn has_second_factor(&self) -> Result<bool, StoreError> {
        let id = self.user.as_uuid();
        let apps = mfa_totp::Entity::find_by_id(id).filter(mfa_totp::COLUMN.confirmed_at.is_not_null());
        if apps.one(self.tx.connection()).await?.is_some() {
            return Ok(true);
        }
        let passkeys = passkey::Entity::find().filter(passkey::COLUMN.user_id.eq(id));
        Ok(passkeys.one(self.tx.connection()).await?.is_some())
    }

    /// Replaces the password's PHC string. Sessions live on: see [`Account::bump_session_epoch`].
    pub async fn set_password_hash(&self, hash: &SecretString) -> Result<bool, StoreError> {
        self.update(UserColumn::PasswordHash, Expr::value(hash.expose_secret())).await
    }

    /// Replaces the given name.
    pub async fn set_first_name(&self, name: &str) -> Result<bool, StoreError> {
        self.set_sealed(UserColumn::FirstNameSealed, Column::UserFirstName, name).await
    }

    /// Replaces the family name.
    pub async fn set_last_name(&self, name: &str) -> Result<bool, StoreError> {
        self.set_sealed(UserColumn::LastNameSealed, Column::UserLastName, name).await
    }

    /// Replaces the company's name.
    pub async fn set_company_name(&self, name: &str) -> Result<bool, StoreError> {
        self.set_sealed(UserColumn::CompanyNameSealed, Column::UserCompanyName, name).await
    }

    async fn set_sealed(&self, column: UserColumn, place: Column, text: &str) -> Result<bool, StoreError> {
        let sealed = self.tx.context().seal(place, self.user.as_uuid(), text.as_bytes())?;
        self.update(column, Expr::value(sealed)).await
    }

    /// Lets the user sign in or not.
    pub async fn set_status(&self, status: UserStatus) -> Result<bool, StoreError> {
        self.update(UserColumn::Status, Expr::value(status.as_str())).await
    }

    /// Ends every session of the user that exists now.
    pub async fn bump_session_epoch(&self) -> Result<bool, StoreError> {
        self.update(UserColumn::SessionEpoch, Expr::col(UserColumn::SessionEpoch).add(1)).await
    }

    /// Whether there was a row to change.
    async fn update(&self, column: UserColumn, value: Expr) -> Result<bool, StoreError> {
        let result = Entity::update_many()
            .col_expr(column, value)
            .col_expr(UserColumn::UpdatedAt, Expr::value(self.tx.now()))
            .filter(COLUMN.id.eq(self.user.as_uuid()))
            .exec(self.tx.connection())
            .await?;
        Ok(result.rows_affected == 1)
    }
}

impl fmt::Debug for NewUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewUser").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("user_id", &self.user_id)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile")
            .field("user_id", &self.user_id)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
