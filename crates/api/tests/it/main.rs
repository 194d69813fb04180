//! The portal from outside: real server, real database, real sandbox. One file per subject.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that meets the unexpected should stop"
)]

mod helpers;

mod customer_story;
