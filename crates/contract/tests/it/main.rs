//! Both clients against the real sandbox over HTTP, and `docs/UPSTREAMS.md` against both.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that meets the unexpected should stop"
)]

mod faults;
mod rig;
mod upstreams;
