//! Single-use SSO tokens and the browser sessions made from them.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::token;

/// How long an SSO token can be redeemed, by the sandbox's clock.
const TOKEN_SECONDS: i64 = 60;

/// What an SSO token stands for.
#[derive(Debug, Clone)]
pub struct SsoToken {
    pub user_id: u64,
    pub client_id: Option<u64>,
    /// Where the browser goes, relative to the system URL.
    pub path: String,
    pub created: DateTime<Utc>,
}

/// A signed-in browser.
#[derive(Debug, Clone)]
pub struct Session {
    pub user_id: u64,
    pub client_id: Option<u64>,
    /// Form token against cross-site posts.
    pub form_token: String,
}

#[derive(Debug, Default)]
pub struct Sessions {
    tokens: HashMap<String, SsoToken>,
    sessions: HashMap<String, Session>,
}

impl Sessions {
    pub fn issue(&mut self, token: SsoToken) -> String {
        let key = token::hex::<20>();
        self.tokens.insert(key.clone(), token);
        key
    }

    /// Takes the token out, whether it is still good or not.
    pub fn redeem(&mut self, key: &str, now: DateTime<Utc>) -> Option<SsoToken> {
        let token = self.tokens.remove(key)?;
        (now.signed_duration_since(token.created) <= TimeDelta::seconds(TOKEN_SECONDS)).then_some(token)
    }

    pub fn open(&mut self, token: &SsoToken) -> String {
        let key = token::hex::<20>();
        let session =
            Session { user_id: token.user_id, client_id: token.client_id, form_token: token::hex::<20>() };
        self.sessions.insert(key.clone(), session);
        key
    }

    pub fn get(&self, key: &str) -> Option<&Session> {
        self.sessions.get(key)
    }
}
