//! What the API and its clients say to each other: DTOs, ids, money, problem codes and the rules of input.
//!
//! Builds for the host and for wasm32. It does no IO, reads no clock and knows neither the database nor the upstreams.

pub mod account;
pub mod auth;
pub mod billing;
pub mod ids;
pub mod link;
pub mod money;
pub mod page;
pub mod problem;
pub mod security;
pub mod token;
pub mod validate;
pub mod wire;
