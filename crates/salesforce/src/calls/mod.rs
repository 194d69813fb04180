//! The calls, one file each. Wire types stay private to their file.

mod composite;
pub(crate) mod open_case_count;
pub(crate) mod upsert_customer;
pub(crate) mod versions;
