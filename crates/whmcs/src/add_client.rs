//! `AddClient`: a new client, and with it a new user. Not idempotent; after [`crate::Outcome::Unknown`] look
//! the e-mail address up with [`Client::find_users`] before anything else.
//!
//! Source: <https://developers.whmcs.com/api-reference/addclient/>.

use std::{fmt, net::IpAddr};

use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;

use crate::{
    action::ADD_CLIENT,
    client::Client,
    error::Error,
    form::Form,
    ids::{ClientId, CurrencyId, UserId},
    object::Object,
    php::PhpArray,
};

/// The client to make. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct NewClient {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail address of the client and of its new user.
    pub email: String,
    /// Password of the new user in WHMCS.
    pub password: SecretString,
    /// Company.
    pub company_name: Option<String>,
    /// First address line.
    pub address1: Option<String>,
    /// Second address line.
    pub address2: Option<String>,
    /// City.
    pub city: Option<String>,
    /// State or region.
    pub state: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// Two-letter country code.
    pub country: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// Tax number (WHMCS 7.7 and up).
    pub tax_id: Option<String>,
    /// Currency of all that the client will ever buy; the default one if not given.
    pub currency: Option<CurrencyId>,
    /// The visitor's address; without it WHMCS records ours.
    pub client_ip: Option<IpAddr>,
    /// Admin-only notes: the place for a marker by which [`crate::ClientDetails::notes_contain`] knows the
    /// client again.
    pub notes: Option<String>,
    /// Custom fields by their ids.
    pub custom_fields: Vec<(u64, String)>,
    /// Suppresses the welcome mail. The mail that verifies an address is not affected.
    pub no_email: bool,
    /// Waives the required profile fields, but neither e-mail address nor password.
    pub skip_validation: bool,
}

/// The client that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddedClient {
    /// The client.
    pub client_id: ClientId,
    /// Its user. Not every version answers it: then it is [`crate::ClientDetails::owner_user_id`].
    pub owner_user_id: Option<UserId>,
}

impl NewClient {
    /// A client with the four things that WHMCS always wants.
    #[must_use]
    pub fn new(first_name: String, last_name: String, email: String, password: SecretString) -> Self {
        Self {
            first_name,
            last_name,
            email,
            password,
            company_name: None,
            address1: None,
            address2: None,
            city: None,
            state: None,
            postcode: None,
            country: None,
            phone: None,
            tax_id: None,
            currency: None,
            client_ip: None,
            notes: None,
            custom_fields: Vec::new(),
            no_email: false,
            skip_validation: false,
        }
    }

    fn params(&self) -> Form {
        let custom_fields = self
            .custom_fields
            .iter()
            .fold(PhpArray::new(), |array, (id, value)| array.with(id.to_string().as_str(), value.as_str()));
        Form::new()
            .with("firstname", self.first_name.as_str())
            .with("lastname", self.last_name.as_str())
            .with("email", self.email.as_str())
            .with("password2", self.password.expose_secret())
            .with("companyname", self.company_name.as_deref())
            .with("address1", self.address1.as_deref())
            .with("address2", self.address2.as_deref())
            .with("city", self.city.as_deref())
            .with("state", self.state.as_deref())
            .with("postcode", self.postcode.as_deref())
            .with("country", self.country.as_deref())
            .with("phonenumber", self.phone.as_deref())
            .with("tax_id", self.tax_id.as_deref())
            .with("currency", self.currency)
            .with("clientip", self.client_ip.map(|ip| ip.to_string()))
            .with("notes", self.notes.as_deref())
            .with("customfields", (!custom_fields.is_empty()).then(|| custom_fields.to_base64()))
            // Left out when off: what WHMCS makes of an explicit 0 here is not documented.
            .with("noemail", self.no_email.then_some(true))
            .with("skipvalidation", self.skip_validation.then_some(true))
    }
}

impl Client {
    /// Makes a client and its user.
    pub async fn add_client(&self, client: &NewClient, deadline: Instant) -> Result<AddedClient, Error> {
        added_client(&self.call(ADD_CLIENT, &client.params(), deadline).await?)
    }
}

pub(crate) fn added_client(answer: &Object) -> Result<AddedClient, Error> {
    Ok(AddedClient { client_id: answer.id("clientid")?, owner_user_id: answer.optional_id("owner_id")? })
}

impl fmt::Debug for NewClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewClient").finish_non_exhaustive()
    }
}
