//! Access tokens of front ends on other origins: what is in them, and for how long they are good.
//!
//! A token names a session; whether that is still alive is asked of the session each time (`http::session`), so a token ends with it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shared_types::ids::{SessionId, UserId};

use crate::{
    clock::Clock,
    crypto::{PublicKey, SignatureError, TokenSigner},
};

/// How long an access token is good.
pub const LIFETIME: Duration = Duration::from_mins(10);

/// What a token says (RFC 9068, 2.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who made it: the portal's public address.
    pub iss: String,
    /// For whom: the portal's API.
    pub aud: String,
    /// Whose.
    pub sub: UserId,
    /// The session.
    pub sid: SessionId,
    /// Since when.
    pub iat: i64,
    /// Until when.
    pub exp: i64,
}

/// Makes and reads access tokens.
#[derive(Clone, Debug)]
pub struct Tokens {
    signer: TokenSigner,
    issuer: String,
    audience: String,
    clock: Clock,
}

impl Tokens {
    /// Tokens of one portal.
    #[must_use]
    pub const fn new(signer: TokenSigner, issuer: String, audience: String, clock: Clock) -> Self {
        Self { signer, issuer, audience, clock }
    }

    /// A token for a session.
    pub fn issue(&self, user: UserId, session: SessionId) -> Result<String, SignatureError> {
        let now = self.clock.now();
        self.signer.sign(&Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: user,
            sid: session,
            iat: now.timestamp(),
            exp: crate::clock::later(now, LIFETIME).timestamp(),
        })
    }

    /// The claims of a token that is ours and not too old.
    #[must_use]
    pub fn read(&self, token: &str) -> Option<Claims> {
        let claims: Claims = self.signer.check(token).ok()?;
        let until = DateTime::<Utc>::from_timestamp(claims.exp, 0)?;
        (until > self.clock.now()).then_some(claims)
    }

    /// The keys that check tokens.
    pub fn public_keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.signer.public_keys()
    }
}
