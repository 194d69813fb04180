//! `ValidateLogin`: whether an e-mail address and a password belong together. It proves no more than the
//! password: where a second factor is switched on, WHMCS itself would ask for that too.
//!
//! WHMCS opens a session and notes the login; the session's token (`passwordhash`) is dropped here.
//!
//! Source: <https://developers.whmcs.com/api-reference/validatelogin/>.

use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;

use crate::{
    action::VALIDATE_LOGIN,
    client::Client,
    error::Error,
    form::Form,
    ids::{ClientId, UserId},
    object::Object,
};

/// What logs in to an installation. The answer names a number without saying of what, and taking the one for
/// the other opens somebody else's account; so the caller has to know which WHMCS this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LoginModel {
    /// Users, who may act for several clients: WHMCS 8.0 and up.
    Users,
    /// Clients, and their contacts: WHMCS 7.
    Clients,
}

/// Whose password it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LoginSubject {
    /// A user (WHMCS 8.0 and up).
    User(UserId),
    /// A client (WHMCS 7).
    Client(ClientId),
    /// A contact of a client, with rights of its own (WHMCS 7).
    Contact {
        /// The client.
        client_id: ClientId,
        /// The contact's number.
        contact_id: u64,
    },
}

/// A password that was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValidatedLogin {
    /// Whose it is. Whether WHMCS tells it where a second factor is still due is not documented.
    pub subject: Option<LoginSubject>,
    /// Whether a second factor is still due, so that the password alone must not count. Where WHMCS does not
    /// say, it is due unless WHMCS opened a session.
    pub second_factor_due: bool,
}

impl Client {
    /// Checks a password. Address and password that do not match are refused with
    /// [`crate::RefusalKind::LoginInvalid`]. Limit the tries: WHMCS sees them all coming from one address.
    pub async fn validate_login(
        &self,
        model: LoginModel,
        email: &str,
        password: &SecretString,
        deadline: Instant,
    ) -> Result<ValidatedLogin, Error> {
        let params = Form::new().with("email", email).with("password2", password.expose_secret());
        validated_login(&self.call(VALIDATE_LOGIN, &params, deadline).await?, model)
    }
}

pub(crate) fn validated_login(answer: &Object, model: LoginModel) -> Result<ValidatedLogin, Error> {
    let number = answer.optional_id::<u64>("userid")?;
    let contact = answer.optional_id::<u64>("contactid")?;
    let second_factor_due =
        answer.flag("twoFactorEnabled")?.unwrap_or(answer.optional_text("passwordhash")?.is_none());
    let subject = match (model, number, contact) {
        // Contacts went with WHMCS 7: this is not the installation that the caller takes it for.
        (LoginModel::Users, _, Some(_)) => return Err(Error::shape("contactid")),
        (_, None, _) => None,
        (LoginModel::Users, Some(number), None) => Some(LoginSubject::User(UserId::new(number))),
        (LoginModel::Clients, Some(number), None) => Some(LoginSubject::Client(ClientId::new(number))),
        (LoginModel::Clients, Some(number), Some(contact_id)) => {
            Some(LoginSubject::Contact { client_id: ClientId::new(number), contact_id })
        }
    };
    if subject.is_none() && !second_factor_due {
        return Err(Error::shape("userid"));
    }
    Ok(ValidatedLogin { subject, second_factor_due })
}
