//! Single-use SSO tokens and password links, and the browsers that come with a cookie: guests on their way in, and sessions.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::openid::grants::Grants;
use crate::token;

/// How long an SSO token can be redeemed, by the sandbox's clock.
const TOKEN_SECONDS: i64 = 60;
/// How long a link to a new password works.
const RESET_HOURS: i64 = 2;
/// Wrong second-factor codes until the password has to be given again.
const WRONG_CODES: u8 = 5;
/// Guests that are remembered; beyond that all are forgotten and start again.
const GUESTS: usize = 10_000;

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
    /// The account the user acts for; `None` until one is chosen.
    pub client_id: Option<u64>,
    /// Form token against cross-site posts.
    pub form_token: String,
    pub signed_in_at: DateTime<Utc>,
    /// The address that sent the browser to the sign-in page.
    pub opened_for: Option<String>,
    /// Where to go once an account is chosen: a path on this server.
    pub return_to: Option<String>,
}

/// A browser that is not signed in yet.
#[derive(Debug, Clone)]
pub struct Guest {
    pub form_token: String,
    /// Where to go after signing in: a path on this server.
    pub return_to: Option<String>,
    /// An origin that signing in may end at, when another site sent the browser here.
    pub leads_to: Option<String>,
    /// Whose password was right, while the second factor is due.
    pub pending: Option<u64>,
    wrong_codes: u8,
}

#[derive(Debug, Default)]
pub struct Sessions {
    tokens: HashMap<String, SsoToken>,
    open: HashMap<String, Session>,
    guests: HashMap<String, Guest>,
    resets: HashMap<String, (u64, DateTime<Utc>)>,
    /// The last second-factor step that each user spent.
    spent: HashMap<u64, u64>,
    /// What the OpenID Connect provider gave out.
    pub grants: Grants,
}

/// How many of each there are; the keys themselves are secrets.
#[derive(Debug, Serialize)]
pub struct Counts {
    sso_links: usize,
    open: usize,
    password_links: usize,
}

impl Sessions {
    pub fn counts(&self) -> Counts {
        Counts { sso_links: self.tokens.len(), open: self.open.len(), password_links: self.resets.len() }
    }

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

    /// Starts a session under a new key.
    pub fn open(&mut self, user_id: u64, client_id: Option<u64>, now: DateTime<Utc>) -> String {
        let key = token::hex::<20>();
        let session = Session {
            user_id,
            client_id,
            form_token: token::hex::<20>(),
            signed_in_at: now,
            opened_for: None,
            return_to: None,
        };
        self.open.insert(key.clone(), session);
        key
    }

    pub fn get(&self, key: &str) -> Option<&Session> {
        self.open.get(key)
    }

    pub fn get_mut(&mut self, key: &str) -> Option<&mut Session> {
        self.open.get_mut(key)
    }

    pub fn close(&mut self, key: &str) {
        self.open.remove(key);
    }

    /// Ends every session of a user, as a new password does.
    pub fn close_all(&mut self, user_id: u64) {
        self.open.retain(|_, session| session.user_id != user_id);
    }

    pub fn guest(&self, key: &str) -> Option<&Guest> {
        self.guests.get(key)
    }

    /// Remembers a browser on its way in; the key goes into its cookie.
    pub fn welcome(&mut self, return_to: Option<String>, leads_to: Option<String>) -> String {
        if self.guests.len() >= GUESTS {
            self.guests.clear();
        }
        let key = token::hex::<20>();
        let form_token = token::hex::<20>();
        self.guests
            .insert(key.clone(), Guest { form_token, return_to, leads_to, pending: None, wrong_codes: 0 });
        key
    }

    /// The password was right, the second factor is due.
    pub fn challenge(&mut self, key: &str, user_id: u64) {
        if let Some(guest) = self.guests.get_mut(key) {
            guest.pending = Some(user_id);
            guest.wrong_codes = 0;
        }
    }

    /// Counts a wrong code; true when the way in starts again.
    pub fn wrong_code(&mut self, key: &str) -> bool {
        let Some(guest) = self.guests.get_mut(key) else { return true };
        guest.wrong_codes += 1;
        if guest.wrong_codes >= WRONG_CODES {
            guest.pending = None;
        }
        guest.pending.is_none()
    }

    pub fn leave(&mut self, key: &str) -> Option<Guest> {
        self.guests.remove(key)
    }

    pub fn spent_step(&self, user_id: u64) -> Option<u64> {
        self.spent.get(&user_id).copied()
    }

    pub fn spend_step(&mut self, user_id: u64, step: u64) {
        self.spent.insert(user_id, step);
    }

    /// A token for a link to a new password; earlier ones of the user end.
    pub fn issue_reset(&mut self, user_id: u64, now: DateTime<Utc>) -> String {
        self.resets.retain(|_, (owner, _)| *owner != user_id);
        let key = token::hex::<20>();
        self.resets.insert(key.clone(), (user_id, now));
        key
    }

    /// Whose password the link changes, while it works.
    pub fn reset_of(&self, key: &str, now: DateTime<Utc>) -> Option<u64> {
        let (user_id, created) = self.resets.get(key)?;
        (now.signed_duration_since(*created) <= TimeDelta::hours(RESET_HOURS)).then_some(*user_id)
    }

    pub fn end_reset(&mut self, key: &str) {
        self.resets.remove(key);
    }
}
