//! The ports to the logins of billing: proving one by its password or over OpenID Connect, and what it may do.

use async_trait::async_trait;
use secrecy::SecretString;
use shared_types::{account::Permission, ids::UserId};
use tokio::time::Instant;
use url::Url;

use super::UpstreamError;
use crate::domain::account::BillingAccount;

/// What became of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordCheck {
    /// Address and password do not belong together, or there is no such login.
    Wrong,
    /// The password is right, and billing itself would ask for a second factor now.
    SecondFactorDue,
    /// The password is right, and is all that billing asks for.
    Right {
        /// The login: a user, never a customer.
        user_id: u64,
    },
}

/// A login and the customers that it may act for.
#[derive(Clone)]
pub struct BillingPerson {
    /// The login.
    pub user_id: u64,
    /// Its address, as billing has it.
    pub email: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// The customers, each with whether the login owns it.
    pub clients: Vec<(u64, bool)>,
}

/// A customer, as one of its logins may know it.
#[derive(Clone)]
pub struct PersonAccount {
    /// The customer.
    pub client_id: u64,
    /// Company; empty for a private person.
    pub company_name: String,
    /// The person whose account it is.
    pub person_name: String,
    /// The login owns it.
    pub is_owner: bool,
    /// It is closed for good.
    pub closed: bool,
    /// What the login may do for it; everything for an owner.
    pub permissions: Vec<Permission>,
    /// Whether billing has seen the owner's address proved, where it says so.
    pub email_verified: Option<bool>,
}

/// On whose behalf logins are looked up, and until when the answer is of use.
#[derive(Clone, Copy, Debug)]
pub struct Asker {
    /// The portal's user; `None` while there is none.
    pub user: Option<UserId>,
    /// Nobody waits longer.
    pub deadline: Instant,
}

/// What the portal asks about logins.
#[async_trait]
pub trait BillingLogins: Send + Sync + 'static {
    /// Whether an address and a password belong together. Every call comes from the portal's own address: who calls this without a
    /// limit gets the portal locked out.
    async fn check_password(
        &self,
        deadline: Instant,
        email: &str,
        password: &SecretString,
    ) -> Result<PasswordCheck, UpstreamError>;

    /// Costs what [`BillingLogins::check_password`] costs, and fails when that would fail, and checks nothing. `nobody` is an address
    /// that no login has.
    async fn pretend_check(&self, deadline: Instant, nobody: &str) -> Result<(), UpstreamError>;

    /// The login with exactly this address and, where it is known, this number.
    async fn person(
        &self,
        asker: Asker,
        email: &str,
        user_id: Option<u64>,
    ) -> Result<Option<BillingPerson>, UpstreamError>;

    /// The login behind a customer's account; `None` if it has no part in that customer any more.
    async fn person_of(
        &self,
        asker: Asker,
        account: BillingAccount,
    ) -> Result<Option<BillingPerson>, UpstreamError>;

    /// The customers that a login may act for, its own first. Those that do not name the login among theirs are left out.
    async fn accounts(
        &self,
        asker: Asker,
        person: &BillingPerson,
    ) -> Result<Vec<PersonAccount>, UpstreamError>;
}

/// A question to be put to billing through the person's browser.
pub struct OpenIdRequest<'a> {
    /// Comes back with the answer.
    pub state: &'a str,
    /// Comes back inside the ID token.
    pub nonce: &'a str,
    /// SHA-256 of the verifier, in base64url.
    pub challenge: &'a str,
    /// Where the answer goes.
    pub redirect_uri: &'a str,
}

/// An answer that came back through the person's browser.
pub struct OpenIdAnswer<'a> {
    /// To be redeemed once.
    pub code: &'a str,
    /// Of the question.
    pub verifier: &'a str,
    /// Of the question.
    pub nonce: &'a str,
    /// Of the question.
    pub redirect_uri: &'a str,
}

/// Whom billing says to have signed in.
#[derive(Clone)]
pub struct OpenIdIdentity {
    /// Number of the login, where the provider's subject is one.
    pub user_id: Option<u64>,
    /// Its address.
    pub email: String,
    /// Whether billing has seen the address proved, where it says so.
    pub email_verified: Option<bool>,
}

/// Why an answer is worth nothing.
#[derive(Debug, thiserror::Error)]
pub enum OpenIdError {
    /// It came too late, was redeemed before, or belongs to another question.
    #[error("the answer does not fit the question, or came too late")]
    Outdated,
    /// The provider did not answer, or not in the way that it should.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
}

/// Signing in at billing, over OpenID Connect: with the second factor that billing asks for.
#[async_trait]
pub trait OpenIdLogin: Send + Sync + 'static {
    /// The address to send the browser to.
    async fn question(&self, deadline: Instant, request: &OpenIdRequest<'_>) -> Result<Url, UpstreamError>;

    /// Redeems an answer.
    async fn redeem(
        &self,
        deadline: Instant,
        answer: &OpenIdAnswer<'_>,
    ) -> Result<OpenIdIdentity, OpenIdError>;
}
