//! `UpdateClient`: changes to a client's profile. Only what a customer may change can be sent: neither state,
//! group, tax exemption, currency nor staff notes have a place here.
//!
//! The client's e-mail address is not the address that its users log in with: that is
//! [`Client::update_user`].
//!
//! Source: <https://developers.whmcs.com/api-reference/updateclient/>.

use std::{collections::BTreeMap, fmt};

use tokio::time::Instant;

use crate::{
    action::UPDATE_CLIENT,
    client::Client,
    error::{Error, NotSent},
    form::{Form, Value},
    ids::{ClientId, CustomFieldId},
    object::Object,
    php::PhpArray,
};

/// Changes to a client; `None` leaves a field as it is. Whether an empty text clears a field or is ignored is
/// not documented. `Debug` shows nothing of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ClientChanges {
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Company.
    pub company_name: Option<String>,
    /// The client's e-mail address.
    pub email: Option<String>,
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
    /// Tax number (7.7 and up).
    pub tax_id: Option<String>,
    /// Language, by its full English name in lower case (`english`).
    pub language: Option<String>,
    /// Module name of the preferred gateway.
    pub default_gateway: Option<String>,
    /// Whether marketing mail is welcome.
    pub marketing_opt_in: Option<bool>,
    /// Which mails the client gets (7.10 and up); kinds that are not named stay as they are.
    pub email_preferences: BTreeMap<EmailKind, bool>,
    /// Custom fields by their ids; those that are not named stay as they are.
    pub custom_fields: BTreeMap<CustomFieldId, String>,
    /// Waives the required profile fields.
    pub skip_validation: bool,
}

/// A kind of mail that WHMCS sends to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EmailKind {
    /// About the account.
    General,
    /// About services.
    Product,
    /// About domains. Somebody has to get these.
    Domain,
    /// Invoices and reminders.
    Invoice,
    /// Answers of the support.
    Support,
    /// About the affiliate account.
    Affiliate,
}

impl EmailKind {
    /// All kinds, in the order of the API reference.
    pub(crate) const ALL: [Self; 6] =
        [Self::General, Self::Product, Self::Domain, Self::Invoice, Self::Support, Self::Affiliate];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Product => "product",
            Self::Domain => "domain",
            Self::Invoice => "invoice",
            Self::Support => "support",
            Self::Affiliate => "affiliate",
        }
    }
}

impl ClientChanges {
    fn params(&self) -> Form {
        let preferences = self.email_preferences.iter();
        let preferences = preferences.map(|(kind, wanted)| (kind.as_str().to_owned(), (*wanted).into()));
        Form::new()
            .with("firstname", self.first_name.as_deref())
            .with("lastname", self.last_name.as_deref())
            .with("companyname", self.company_name.as_deref())
            .with("email", self.email.as_deref())
            .with("address1", self.address1.as_deref())
            .with("address2", self.address2.as_deref())
            .with("city", self.city.as_deref())
            .with("state", self.state.as_deref())
            .with("postcode", self.postcode.as_deref())
            .with("country", self.country.as_deref())
            .with("phonenumber", self.phone.as_deref())
            .with("tax_id", self.tax_id.as_deref())
            .with("language", self.language.as_deref())
            .with("paymentmethod", self.default_gateway.as_deref())
            .with("marketingoptin", self.marketing_opt_in)
            .with("email_preferences", Value::Map(preferences.collect()))
            .with("customfields", custom_fields(&self.custom_fields))
    }
}

/// Custom fields as WHMCS takes them; `None` if there are none.
pub(crate) fn custom_fields(fields: &BTreeMap<CustomFieldId, String>) -> Option<String> {
    (!fields.is_empty()).then(|| field_array(fields).to_base64())
}

pub(crate) fn field_array(fields: &BTreeMap<CustomFieldId, String>) -> PhpArray {
    fields
        .iter()
        .fold(PhpArray::new(), |array, (id, value)| array.with(id.to_string().as_str(), value.as_str()))
}

impl Client {
    /// Changes a client. Sending the same changes again does no harm. Changes that change nothing are not sent
    /// and fail with [`NotSent::InvalidRequest`].
    pub async fn update_client(
        &self,
        client_id: ClientId,
        changes: &ClientChanges,
        deadline: Instant,
    ) -> Result<(), Error> {
        let params = changes.params();
        if params.is_empty() {
            return Err(Error::NotSent(NotSent::InvalidRequest));
        }
        // Left out when off: what WHMCS makes of an explicit 0 here is not documented.
        let params = Form::new()
            .with("clientid", client_id)
            .followed_by(&params)
            .with("skipvalidation", changes.skip_validation.then_some(true));
        let updated = updated_client(&self.call(UPDATE_CLIENT, &params, deadline).await?)?;
        if updated == client_id { Ok(()) } else { Err(Error::shape("clientid")) }
    }
}

pub(crate) fn updated_client(answer: &Object) -> Result<ClientId, Error> {
    answer.id("clientid")
}

impl fmt::Debug for ClientChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientChanges").finish_non_exhaustive()
    }
}
