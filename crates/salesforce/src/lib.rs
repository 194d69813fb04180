//! Typed client of the Salesforce REST API: the OAuth 2.0 JWT bearer login, one transport with deadlines and
//! body caps, and the calls a customer portal needs. It knows nothing of the portal and must stay so.
//!
//! - Each call takes a deadline and makes at most the requests its documentation names; retrying on top of that is
//!   the caller's business. [`Error::outcome`] says what became of a write.
//! - Nothing Salesforce says in words is matched on or printed: errors are classed by `errorCode` and status, and
//!   the upstream's text is reachable only through `raw_for_diagnosis`.

mod calls;
mod client;
mod error;
mod fault;
mod id;
mod key;
mod login;
mod refusal;
mod settings;
pub mod soql;
mod transport;
mod usage;

pub use calls::upsert_customer::{CustomerIds, CustomerRecord};
pub use calls::versions::ApiVersion;
pub use client::{Client, Clock};
pub use error::{Error, NotSent, Outcome, Unknown};
pub use id::{IdError, SalesforceId};
pub use key::KeyError;
pub use login::{LoginCode, LoginError, LoginRefusal};
pub use refusal::{Limit, Refusal, RefusalKind};
pub use settings::Settings;
pub use usage::ApiUsage;
