//! The store on both engines: every test runs once on a SQLite file and once on a database of its own in the
//! Postgres server of `TEST_POSTGRES_URL`. See `support.rs`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests may panic and print"
)]

mod support;

mod account_links;
mod audit;
mod challenges;
mod devices;
mod factors;
mod generations;
mod idempotency;
mod jobs;
mod link_flows;
mod mappings;
mod migrations;
mod passkeys;
mod profile_changes;
mod rate_limits;
mod refresh_tokens;
mod retention;
mod row_security;
mod sealing;
mod sessions;
mod sign_in_tries;
mod users;
