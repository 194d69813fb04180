//! WHMCS, Salesforce and a mailbox, simulated over HTTP and SMTP: for integration tests in process, for people as a binary.
//!
//! A faithful stand-in: own wire types, own ledger, and no knowledge of the portal that talks to it.

mod answer;
mod client_area;
mod clock;
mod config;
mod control;
mod coverage;
pub mod demo;
mod faults;
mod hooks;
mod html;
mod index;
mod ledger;
mod mailbox;
mod money;
mod salesforce;
mod seed;
mod server;
mod smtp;
mod token;
mod whmcs;
mod world;

pub use coverage::{Covered, coverage};
pub use seed::Seed;
pub use server::{Options, Sandbox};
