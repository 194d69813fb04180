//! Rules and types without IO.

pub mod account;
pub mod code_request;
pub mod factor;
pub mod letter;
pub mod link;
pub mod notice;
pub mod password_rules;
pub mod profile;
pub mod qr;
pub mod recovery_code;
pub mod regions;
pub mod signup;
pub mod totp;
