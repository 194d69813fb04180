//! The client against servers of its own making: what it sends, what it reads, and how it fails.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests may panic, and one says on stdout that it was skipped"
)]

mod account_reads;
mod catalogue_reads;
mod encoders;
mod every_call;
mod fault_matrix;
mod helpers;
mod reads;
mod redaction;
mod requests;
mod role_probe;
mod samples;
mod transport;
mod writes;
