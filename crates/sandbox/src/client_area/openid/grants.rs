//! What the provider gave out: codes, access tokens, and who agreed to what.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::TOKEN_SECONDS;
use crate::token;

/// How long a code can be redeemed.
const CODE_SECONDS: i64 = 60;

/// What an authorization request asked for and its user agreed to.
#[derive(Debug, Clone)]
pub struct Grant {
    pub user_id: u64,
    pub redirect_uri: String,
    /// In the order of [`super::SCOPES`].
    pub scope: Vec<&'static str>,
    pub nonce: Option<String>,
    /// The challenge, and whether it is the verifier's hash.
    pub challenge: Option<(String, bool)>,
    pub auth_time: DateTime<Utc>,
}

#[derive(Debug)]
struct Code {
    grant: Grant,
    created: DateTime<Utc>,
    /// The access token it was traded for.
    spent: Option<String>,
}

#[derive(Debug)]
struct Access {
    grant: Grant,
    created: DateTime<Utc>,
}

#[derive(Debug, Default)]
pub struct Grants {
    codes: HashMap<String, Code>,
    tokens: HashMap<String, Access>,
    approved: HashSet<(u64, &'static str)>,
}

impl Grants {
    /// Remembers the consent and gives a code.
    pub fn approve(&mut self, grant: Grant, now: DateTime<Utc>) -> String {
        self.approved.extend(grant.scope.iter().map(|scope| (grant.user_id, *scope)));
        let code = token::hex::<20>();
        self.codes.insert(code.clone(), Code { grant, created: now, spent: None });
        code
    }

    /// Whether the user agreed to all these scopes before.
    pub fn approved(&self, user_id: u64, scope: &[&'static str]) -> bool {
        scope.iter().all(|scope| self.approved.contains(&(user_id, *scope)))
    }

    /// The grant of a code that can be redeemed now. A code that was spent takes its access token down with it
    /// (RFC 6749, 4.1.2).
    pub fn redeemable(&mut self, code: &str, now: DateTime<Utc>) -> Option<Grant> {
        let code = self.codes.get(code)?;
        if let Some(access) = &code.spent {
            self.tokens.remove(access);
            return None;
        }
        (now.signed_duration_since(code.created) <= TimeDelta::seconds(CODE_SECONDS))
            .then(|| code.grant.clone())
    }

    /// Trades a code for an access token.
    pub fn spend(&mut self, code: &str, grant: Grant, now: DateTime<Utc>) -> String {
        let access = token::hex::<20>();
        self.tokens.insert(access.clone(), Access { grant, created: now });
        if let Some(code) = self.codes.get_mut(code) {
            code.spent = Some(access.clone());
        }
        access
    }

    /// What an access token stands for, while it is good.
    pub fn of_token(&self, access: &str, now: DateTime<Utc>) -> Option<&Grant> {
        self.tokens
            .get(access)
            .filter(|access| now.signed_duration_since(access.created) < TimeDelta::seconds(TOKEN_SECONDS))
            .map(|access| &access.grant)
    }
}
