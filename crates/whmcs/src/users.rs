//! `GetUsers` (WHMCS 8.1 and up): logins by e-mail address.
//!
//! Source: <https://developers.whmcs.com/api-reference/getusers/>.

use std::fmt;

use tokio::time::Instant;

use crate::{
    action::GET_USERS,
    client::Client,
    error::Error,
    form::Form,
    ids::{ClientId, UserId},
    object::Object,
};

/// Rows asked for at once; installations may give fewer.
const PAGE: u64 = 100;
/// A search for a whole address matches few rows. More pages than this mean that WHMCS ignores `limitstart`.
const MAX_PAGES: usize = 20;

/// A login. `Debug` shows its number only.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// The user.
    pub id: UserId,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail address.
    pub email: String,
    /// The clients that the user can act for: none, one or several.
    pub clients: Vec<UserClient>,
}

/// A user's part in a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserClient {
    /// The client.
    pub id: ClientId,
    /// Whether the user owns it. A client has exactly one owner.
    pub is_owner: bool,
}

impl Client {
    /// The users whose e-mail address equals `email`, ASCII case aside.
    ///
    /// WHMCS matches the beginning of addresses and names; those other rows are left out here. Letters
    /// outside ASCII must be equal as they are: folding them would take distinct addresses for the same one.
    pub async fn find_users(&self, email: &str, deadline: Instant) -> Result<Vec<User>, Error> {
        let email = email.trim();
        let mut found: Vec<User> = Vec::new();
        if email.is_empty() {
            // An empty search would list every user.
            return Ok(found);
        }
        let mut start = 0;
        for _ in 0..MAX_PAGES {
            let params = Form::new().with("limitstart", start).with("limitnum", PAGE).with("search", email);
            let page = users_page(&self.call(GET_USERS, &params, deadline).await?)?;
            start += page.seen;
            for user in page.users {
                // Rows may shift between pages.
                if user.email.eq_ignore_ascii_case(email) && found.iter().all(|known| known.id != user.id) {
                    found.push(user);
                }
            }
            if page.seen == 0 || start >= page.total.unwrap_or(start) {
                return Ok(found);
            }
        }
        Err(Error::shape("totalresults"))
    }
}

pub(crate) struct UsersPage {
    pub(crate) users: Vec<User>,
    seen: u64,
    total: Option<u64>,
}

pub(crate) fn users_page(answer: &Object) -> Result<UsersPage, Error> {
    let users = answer.rows("users", "user")?.into_iter().map(user).collect::<Result<Vec<_>, _>>()?;
    let seen = u64::try_from(users.len()).map_err(|_| Error::shape("users"))?;
    Ok(UsersPage { users, seen, total: answer.number("totalresults")? })
}

fn user(row: &Object) -> Result<User, Error> {
    let clients = row.rows("clients", "client")?.into_iter().map(|client| {
        Ok(UserClient { id: client.id("id")?, is_owner: client.flag("isOwner")?.unwrap_or_default() })
    });
    Ok(User {
        id: row.id("id")?,
        first_name: row.display("firstname")?,
        last_name: row.display("lastname")?,
        // An apostrophe may be part of an address, and WHMCS may store it as an entity.
        email: row.display("email")?,
        clients: clients.collect::<Result<_, Error>>()?,
    })
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("id", &self.id).finish_non_exhaustive()
    }
}
