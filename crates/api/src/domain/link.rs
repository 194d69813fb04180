//! Bringing a WHMCS login to the portal: what has been proved so far, between one step and the next.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};
use shared_types::{
    account::Permission,
    link::{LinkAccountState, LinkAccountView},
};
use uuid::Uuid;

/// How long the steps of one linking may take together.
pub const LIFETIME: Duration = Duration::from_mins(10);
/// Tries that the mailed code allows.
pub const ATTEMPTS: i32 = 5;

/// One linking in progress. Names it, grants nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LinkFlowId(pub Uuid);

impl fmt::Display for LinkFlowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which step is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowStage {
    /// The browser is at WHMCS, to sign in there.
    AtWhmcs,
    /// A code was mailed to the address of the WHMCS login.
    ConfirmEmail,
    /// The login is proved.
    SetPassword,
}

impl FlowStage {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AtWhmcs => "at_whmcs",
            Self::ConfirmEmail => "confirm_email",
            Self::SetPassword => "set_password",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::AtWhmcs, Self::ConfirmEmail, Self::SetPassword]
            .into_iter()
            .find(|stage| stage.as_str() == text)
    }
}

/// What WHMCS was asked over OpenID Connect. Secrets of one question; the answer has to fit.
#[derive(Clone, Serialize, Deserialize)]
pub struct OpenIdQuestion {
    /// Comes back with the answer (RFC 6749, 4.1.2).
    pub state: String,
    /// Comes back inside the ID token.
    pub nonce: String,
    /// Proves to WHMCS that the answer is redeemed by whoever asked (RFC 7636).
    pub verifier: String,
}

/// An account of a proved login.
#[derive(Clone, Serialize, Deserialize)]
pub struct ProvedAccount {
    /// Number of the client in WHMCS.
    pub client_id: u64,
    /// Company; empty for a private person.
    pub company_name: String,
    /// The person whose account it is.
    pub person_name: String,
    /// It is the login's own.
    pub is_owner: bool,
    /// What the login may do for it.
    pub permissions: Vec<Permission>,
    /// Whether it can be chosen.
    pub state: LinkAccountState,
}

impl ProvedAccount {
    /// Company, or the person's name.
    #[must_use]
    pub fn name(&self) -> &str {
        if self.company_name.is_empty() { &self.person_name } else { &self.company_name }
    }

    /// As the web app shows it.
    #[must_use]
    pub fn view(&self) -> LinkAccountView {
        LinkAccountView {
            client_id: self.client_id,
            name: self.name().to_owned(),
            owner_name: (!self.is_owner).then(|| self.person_name.clone()),
            state: self.state,
        }
    }
}

/// A login of WHMCS that somebody has proved.
#[derive(Clone, Serialize, Deserialize)]
pub struct ProvedLogin {
    /// Number of the user in WHMCS.
    pub user_id: u64,
    /// Normalised address.
    pub email: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Accounts, the login's own first.
    pub accounts: Vec<ProvedAccount>,
    /// Hash of the WHMCS password, where it was given here: the portal's has to be another one.
    pub password_hash: Option<String>,
}

/// What a flow carries. Sealed at rest.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LinkPayload {
    /// While the browser is at WHMCS.
    Asked(OpenIdQuestion),
    /// Afterwards.
    Proved(ProvedLogin),
}

impl LinkPayload {
    /// The bytes to seal.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// Reads the bytes back.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

impl fmt::Debug for LinkPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkPayload").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_proved_is_read_back_and_not_printed() {
        let account = ProvedAccount {
            client_id: 43,
            company_name: String::new(),
            person_name: "Grace Hopper".to_owned(),
            is_owner: true,
            permissions: vec![Permission::Invoices],
            state: LinkAccountState::Open,
        };
        let login = ProvedLogin {
            user_id: 42,
            email: "grace@example.com".to_owned(),
            first_name: "Grace".to_owned(),
            last_name: "Hopper".to_owned(),
            accounts: vec![account],
            password_hash: Some("k1:$argon2id$x".to_owned()),
        };
        let payload = LinkPayload::Proved(login);
        let LinkPayload::Proved(read) = LinkPayload::from_bytes(&payload.to_bytes().unwrap()).unwrap() else {
            panic!("another kind")
        };
        assert_eq!((read.user_id, read.accounts[0].name()), (42, "Grace Hopper"));
        assert!(!format!("{payload:?}").contains("race"));
    }

    #[test]
    fn stages_are_read_back_as_they_were_written() {
        for stage in [FlowStage::AtWhmcs, FlowStage::ConfirmEmail, FlowStage::SetPassword] {
            assert_eq!(FlowStage::parse(stage.as_str()), Some(stage));
        }
        assert_eq!(FlowStage::parse("done"), None);
    }
}
