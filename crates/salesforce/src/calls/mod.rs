//! The calls, one file each. Wire types stay private to their file.

pub(crate) mod cases;
pub(crate) mod collections;
pub(crate) mod composite;
pub(crate) mod describe;
pub(crate) mod files;
mod get;
pub(crate) mod limits;
mod open_case_count;
pub(crate) mod query;
pub(crate) mod replication;
pub(crate) mod upsert_customer;
pub(crate) mod versions;
pub(crate) mod write;
