//! Typed client of the Salesforce REST API: the OAuth 2.0 JWT bearer login, one transport with deadlines and
//! body caps, and the calls a customer portal needs. It knows nothing of the portal and must stay so.
//!
//! - Each call takes a deadline and makes at most the requests its documentation names; retrying on top of that is
//!   the caller's business. [`Error::outcome`] says what became of a write.
//! - Nothing Salesforce says in words is matched on or printed: errors are classed by `errorCode` and status, and
//!   the upstream's text is reachable only through `raw_for_diagnosis`.

mod calls;
mod catalogue;
mod client;
mod codes;
mod error;
mod fault;
mod fields;
#[cfg(test)]
mod fuzz;
mod id;
mod key;
mod login;
mod multipart;
mod names;
mod record;
mod refusal;
mod settings;
pub mod soql;
pub mod time;
mod transport;
mod usage;

pub use calls::cases::{CaseChange, CaseComment, CaseEmail, CaseOf, CaseStatus, Listed};
pub use calls::collections::Record;
pub use calls::composite::{Composite, CompositeAnswer, Reference, Target};
pub use calls::describe::{ChildRelationship, FieldDescription, ObjectDescription, PicklistValue};
pub use calls::files::{CaseFile, Download, NewFile};
pub use calls::limits::{Allowance, Limits};
pub use calls::query::children::child_records;
pub use calls::query::{NextPage, Page};
pub use calls::replication::{DeletedRecord, DeletedRecords, UpdatedRecords};
pub use calls::upsert_customer::{CustomerIds, CustomerRecord};
pub use calls::versions::{ApiVersion, PinnedVersion};
pub use calls::write::Upserted;
pub use catalogue::{CALLS, Call, Effect};
pub use client::{Client, Clock};
pub use error::{Error, NotSent, Outcome, Unknown};
pub use fields::{Assignment, Fields, WriteOptions};
pub use id::{IdError, SalesforceId};
pub use key::KeyError;
pub use login::{LoginCode, LoginError, LoginRefusal};
pub use names::{Field, Object};
pub use record::ExternalKey;
pub use refusal::{Limit, Refusal, RefusalKind};
pub use settings::Settings;
pub use usage::ApiUsage;
