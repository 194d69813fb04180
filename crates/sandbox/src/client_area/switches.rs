//! Switches for what WHMCS's documentation leaves open about single sign-on, mass payment and OpenID Connect.

use serde::{Deserialize, Serialize};

/// Whether something undocumented works.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Allowed {
    #[default]
    Accepted,
    Refused,
}

/// What mass payment does when one of the chosen invoices can no longer be paid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MassPayment {
    /// Nothing is paid.
    #[default]
    Whole,
    /// The others are paid.
    Rest,
}

/// What the discovery document says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metadata {
    /// Everything that the provider does.
    #[default]
    Full,
    /// An empty `response_types_supported`, four claims, no word about client authentication and PKCE.
    Sparse,
}

/// What the subject identifier is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A UUID that says nothing about the user id.
    #[default]
    Uuid,
    /// The user id in digits.
    UserId,
}

/// Which claims the ID token carries besides the registered ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdToken {
    /// Those of the granted scopes, as the userinfo endpoint gives them.
    #[default]
    Full,
    /// None: the userinfo endpoint has them.
    Minimal,
}

/// What becomes of `nonce`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nonce {
    #[default]
    Echoed,
    Omitted,
}

/// How the claim `email_verified` looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmailVerified {
    /// `true`
    #[default]
    Verified,
    /// `false`
    Unverified,
    /// `"1"`, as PHP prints a true value.
    Text,
    /// Left out.
    Missing,
}

/// What becomes of `code_challenge` and `code_verifier`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pkce {
    /// A code requested with a challenge needs the verifier.
    #[default]
    Enforced,
    /// Both are ignored.
    Ignored,
    /// A request without a challenge is refused.
    Required,
}

/// What the key set holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeySet {
    #[default]
    Published,
    /// No keys, as an install without OpenID credentials of its own has it.
    Empty,
}

/// The switches of the client area and the OpenID Connect provider. Set as a whole: members left out are at their defaults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClientArea {
    /// A leading slash in `sso_redirect_path`.
    pub sso_leading_slash: Allowed,
    /// `CreateSsoToken` for a user who does not own the client.
    pub sso_non_owner: Allowed,
    pub mass_payment: MassPayment,
    /// Whether `/.well-known/openid-configuration` is there; a real install needs a rewrite rule.
    pub openid_well_known: bool,
    pub openid_metadata: Metadata,
    pub openid_keys: KeySet,
    pub openid_subject: Subject,
    pub openid_id_token: IdToken,
    pub openid_nonce: Nonce,
    pub openid_email_verified: EmailVerified,
    pub openid_pkce: Pkce,
    /// Registered besides those of the start options. On loopback hosts any port matches.
    pub openid_redirect_uris: Vec<String>,
}

impl Default for ClientArea {
    fn default() -> Self {
        let callback = |host: &str| format!("http://{host}/api/auth/link-whmcs/callback");
        Self {
            sso_leading_slash: Allowed::default(),
            sso_non_owner: Allowed::default(),
            mass_payment: MassPayment::default(),
            openid_well_known: false,
            openid_metadata: Metadata::default(),
            openid_keys: KeySet::default(),
            openid_subject: Subject::default(),
            openid_id_token: IdToken::default(),
            openid_nonce: Nonce::default(),
            openid_email_verified: EmailVerified::default(),
            openid_pkce: Pkce::default(),
            openid_redirect_uris: vec![callback("localhost"), callback("127.0.0.1")],
        }
    }
}
