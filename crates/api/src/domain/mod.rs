//! Rules and types without IO.

pub mod account;
pub mod factor;
pub mod mail_texts;
pub mod password_rules;
pub mod profile;
pub mod regions;
pub mod signup;
