//! The client against a server that answers what real ones answer on bad days.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may panic")]

mod cases;
mod catalogue;
mod composite;
mod count;
mod describe;
mod files;
mod get;
mod key;
mod limits;
mod log;
mod login;
mod query;
mod rig;
mod sample_calls;
mod samples;
mod session;
mod transport;
mod upsert;
mod write;
