//! Rules and types without IO.

pub mod account;
pub mod code_request;
pub mod factor;
pub mod letter;
pub mod notice;
pub mod password_rules;
pub mod signup;
