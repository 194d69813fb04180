//! `GetClientsDetails`: one client, by its number. Only the `client` object is read: the copies of its
//! members at top level are deprecated, and the statistics hold formatted money.
//!
//! Source: <https://developers.whmcs.com/api-reference/getclientsdetails/>.

use std::{collections::BTreeMap, fmt};

use tokio::time::Instant;

use crate::{
    action::GET_CLIENTS_DETAILS,
    amount::Amount,
    client::Client,
    error::Error,
    form::Form,
    ids::{ClientId, CurrencyId, UserId},
    object::Object,
    update_client::EmailKind,
};

/// A client's record. `Debug` shows its number and status only.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientDetails {
    /// The client.
    pub id: ClientId,
    /// The user who owns it (8.0 and up).
    pub owner_user_id: Option<UserId>,
    /// WHMCS's own lasting name for the client.
    pub uuid: Option<String>,
    /// State of the account.
    pub status: ClientStatus,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Company.
    pub company_name: Option<String>,
    /// The client's e-mail address, which may differ from its users'.
    pub email: String,
    /// First address line.
    pub address1: Option<String>,
    /// Second address line.
    pub address2: Option<String>,
    /// City.
    pub city: Option<String>,
    /// State or region, in full.
    pub state: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// Two-letter country code.
    pub country: Option<String>,
    /// Phone number as it was typed.
    pub phone: Option<String>,
    /// Tax number (7.7 and up).
    pub tax_id: Option<String>,
    /// Currency of everything the client buys.
    pub currency_id: CurrencyId,
    /// Code of that currency, such as `USD`.
    pub currency_code: Option<String>,
    /// Module name of the preferred gateway.
    pub default_gateway: Option<String>,
    /// Credit balance in the client's currency.
    pub credit: Amount,
    /// Whether WHMCS has seen the address of the client's owner proved, where it says so.
    pub email_verified: Option<bool>,
    /// Whether single sign-on may be used. Where WHMCS does not say, it is taken for allowed:
    /// `CreateSsoToken` refuses by itself.
    pub single_sign_on_allowed: bool,
    /// Language, by its full English name in lower case; the installation's own where none was chosen.
    pub language: Option<String>,
    /// Whether marketing mail is welcome.
    pub marketing_opt_in: Option<bool>,
    /// Which mails the client gets (7.10 and up), for the kinds that WHMCS tells.
    pub email_preferences: BTreeMap<EmailKind, bool>,
    /// The users who may act for the client (8.0 and up).
    pub users: Vec<ClientUser>,
    notes: String,
}

/// A user as a client's record lists it. `Debug` shows number and part only.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientUser {
    /// The user.
    pub id: UserId,
    /// E-mail address of the user.
    pub email: String,
    /// Whether the user owns the client.
    pub is_owner: bool,
}

/// State of a client's account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ClientStatus {
    /// Has or had something active.
    Active,
    /// Has nothing active.
    Inactive,
    /// Closed for good.
    Closed,
    /// A word that this crate does not know.
    Other(String),
}

impl ClientDetails {
    /// Whether the admin-only notes hold a marker that was written there by `AddClient`. The notes themselves
    /// stay inside: staff writes into them what customers must not read. An empty marker is never found.
    #[must_use]
    pub fn notes_contain(&self, marker: &str) -> bool {
        !marker.is_empty() && self.notes.contains(marker)
    }
}

impl Client {
    /// Reads a client. One that does not exist is refused with [`crate::RefusalKind::ClientNotFound`].
    pub async fn client_details(
        &self,
        client_id: ClientId,
        deadline: Instant,
    ) -> Result<ClientDetails, Error> {
        let params = Form::new().with("clientid", client_id);
        let details = client_details(&self.call(GET_CLIENTS_DETAILS, &params, deadline).await?)?;
        if details.id == client_id { Ok(details) } else { Err(Error::shape("client_id")) }
    }
}

pub(crate) fn client_details(answer: &Object) -> Result<ClientDetails, Error> {
    let client = answer.object("client")?;
    // Some versions name the number `userid`; all three are the client's.
    let id = if client.has("client_id") { "client_id" } else { "id" };
    let state = if client.has("fullstate") { "fullstate" } else { "state" };
    let users = client.rows("users", "user")?.into_iter().map(client_user).collect::<Result<_, _>>()?;
    Ok(ClientDetails {
        id: client.id(id)?,
        owner_user_id: client.optional_id("owner_user_id")?,
        uuid: client.optional_text("uuid")?,
        status: status(client.text("status")?),
        first_name: client.display("firstname")?,
        last_name: client.display("lastname")?,
        company_name: client.optional_display("companyname")?,
        email: client.display("email")?,
        address1: client.optional_display("address1")?,
        address2: client.optional_display("address2")?,
        city: client.optional_display("city")?,
        state: client.optional_display(state)?,
        postcode: client.optional_display("postcode")?,
        country: client.optional_text("country")?,
        phone: client.optional_display("phonenumber")?,
        tax_id: client.optional_display("tax_id")?,
        currency_id: client.id("currency")?,
        currency_code: client.optional_text("currency_code")?,
        default_gateway: client.optional_text("defaultgateway")?,
        credit: client.amount("credit")?,
        email_verified: client.flag("email_verified")?,
        single_sign_on_allowed: client.flag("allowSingleSignOn")?.unwrap_or(true),
        language: client.optional_text("language")?,
        marketing_opt_in: client.flag("marketing_emails_opt_in")?,
        email_preferences: email_preferences(client)?,
        users,
        notes: client.display("notes")?,
    })
}

fn email_preferences(client: &Object) -> Result<BTreeMap<EmailKind, bool>, Error> {
    let mut preferences = BTreeMap::new();
    if let Some(sent) = client.optional_object("email_preferences")? {
        for kind in EmailKind::ALL {
            if let Some(wanted) = sent.flag(kind.as_str())? {
                preferences.insert(kind, wanted);
            }
        }
    }
    Ok(preferences)
}

fn client_user(row: &Object) -> Result<ClientUser, Error> {
    Ok(ClientUser {
        id: row.id("id")?,
        email: row.display("email")?,
        is_owner: row.flag("is_owner")?.unwrap_or_default(),
    })
}

fn status(word: String) -> ClientStatus {
    match word.as_str() {
        "Active" => ClientStatus::Active,
        "Inactive" => ClientStatus::Inactive,
        "Closed" => ClientStatus::Closed,
        _ => ClientStatus::Other(word),
    }
}

impl fmt::Debug for ClientDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientDetails")
            .field("id", &self.id)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ClientUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientUser")
            .field("id", &self.id)
            .field("is_owner", &self.is_owner)
            .finish_non_exhaustive()
    }
}
