//! OAuth 2.0 JWT bearer login: `mint` makes one session, `sessions` keeps it for everybody.

mod error;
mod mint;
mod sessions;

pub use error::{LoginCode, LoginError, LoginRefusal};
pub(crate) use sessions::{Session, Sessions};

#[cfg(test)]
pub(crate) use mint::read as read_token;
