//! The store on both engines: every test runs once on a SQLite file and once on a database of its own in the
//! Postgres server of `TEST_POSTGRES_URL`. See `support.rs`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests may panic and print"
)]

mod support;

mod audit;
mod challenges;
mod generations;
mod idempotency;
mod jobs;
mod mappings;
mod migrations;
mod profile_changes;
mod rate_limits;
mod refresh_tokens;
mod retention;
mod row_security;
mod sealing;
mod sessions;
mod users;
