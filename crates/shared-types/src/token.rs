//! Access tokens, for front ends on other origins. The portal's own pages use the session cookie instead.

use serde::{Deserialize, Serialize};

use crate::{
    auth::SecondFactor,
    validate::{self, Validate},
};

/// Signs in for tokens.
#[derive(Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// The address of the account.
    #[validate(custom(function = "validate::email"))]
    #[cfg_attr(feature = "openapi", schema(example = "ada@example.com", max_length = 254))]
    pub email: String,
    /// The portal's password.
    #[validate(custom(function = "validate::given_password"))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 128, format = Password))]
    pub password: String,
    /// With which second factor, after `auth.mfa_required` has named those that there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<SecondFactor>,
    /// Its code: six digits, or a recovery code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = "validate::factor_code"))]
    #[cfg_attr(feature = "openapi", schema(min_length = 6, max_length = 32, example = "123456"))]
    pub code: Option<String>,
}

/// Goes on with new tokens.
#[derive(Clone, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefreshTokenRequest {
    /// From the last answer; works once.
    #[validate(length(min = 1, max = 128))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 128))]
    pub refresh_token: String,
}

/// How a token is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum TokenType {
    /// In the header `Authorization: Bearer …` (RFC 6750).
    Bearer,
}

/// Tokens of a sign-in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenView {
    /// For requests to the API: a signed JWT (RFC 9068).
    pub access_token: String,
    /// How it is sent.
    pub token_type: TokenType,
    /// For how many seconds it is good, at most.
    pub expires_in: u64,
    /// For new tokens; works once.
    pub refresh_token: String,
}

/// A public key with which access tokens can be checked (RFC 8037).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JwkView {
    /// `OKP`.
    pub kty: String,
    /// `Ed25519`.
    pub crv: String,
    /// `EdDSA`.
    pub alg: String,
    /// `sig`.
    #[serde(rename = "use")]
    pub purpose: String,
    /// Its name in the header of tokens.
    pub kid: String,
    /// The key in base64url.
    pub x: String,
}

/// The public keys (RFC 7517, 5), the one in use first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JwksView {
    /// The keys.
    pub keys: Vec<JwkView>,
}

crate::auth::redacted_debug!(TokenRequest, RefreshTokenRequest, TokenView);
