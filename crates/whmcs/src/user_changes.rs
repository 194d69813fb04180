//! `AddUser` and `UpdateUser` (WHMCS 8.0 and up): logins without a client, and changes to them. No action sets
//! the password of a user who exists.
//!
//! Source: <https://developers.whmcs.com/api-reference/adduser/>,
//! <https://developers.whmcs.com/api-reference/updateuser/>.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;

use crate::{
    action::{ADD_USER, UPDATE_USER},
    client::Client,
    error::{Error, NotSent},
    form::Form,
    ids::UserId,
    object::Object,
};

/// The user to make. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct NewUser {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail address to log in with.
    pub email: String,
    /// Password.
    pub password: SecretString,
    /// Language, by its full English name in lower case; the installation's own if not given.
    pub language: Option<String>,
}

/// Changes to a user; `None` leaves a field as it is. `Debug` shows nothing of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct UserChanges {
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// E-mail address to log in with.
    pub email: Option<String>,
    /// Language, by its full English name in lower case.
    pub language: Option<String>,
}

impl Client {
    /// Makes a user without a client. Not idempotent: a second one with the same address is refused with
    /// [`crate::RefusalKind::EmailTaken`].
    pub async fn add_user(&self, user: &NewUser, deadline: Instant) -> Result<UserId, Error> {
        let params = Form::new()
            .with("firstname", user.first_name.as_str())
            .with("lastname", user.last_name.as_str())
            .with("email", user.email.as_str())
            .with("password2", user.password.expose_secret())
            .with("language", user.language.as_deref());
        user_id(&self.call(ADD_USER, &params, deadline).await?)
    }

    /// Changes a user. Sending the same changes again does no harm. Changes that change nothing are not sent
    /// and fail with [`NotSent::InvalidRequest`].
    pub async fn update_user(
        &self,
        id: UserId,
        changes: &UserChanges,
        deadline: Instant,
    ) -> Result<(), Error> {
        let params = Form::new()
            .with("firstname", changes.first_name.as_deref())
            .with("lastname", changes.last_name.as_deref())
            .with("email", changes.email.as_deref())
            .with("language", changes.language.as_deref());
        if params.is_empty() {
            return Err(Error::NotSent(NotSent::InvalidRequest));
        }
        let params = Form::new().with("user_id", id).followed_by(&params);
        let updated = user_id(&self.call(UPDATE_USER, &params, deadline).await?)?;
        if updated == id { Ok(()) } else { Err(Error::shape("user_id")) }
    }
}

pub(crate) fn user_id(answer: &Object) -> Result<UserId, Error> {
    answer.id("user_id")
}

impl fmt::Debug for NewUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewUser").finish_non_exhaustive()
    }
}

impl fmt::Debug for UserChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserChanges").finish_non_exhaustive()
    }
}
