//! Rules and types without IO.

pub mod account;
pub mod factor;
pub mod mail_texts;
pub mod notice;
pub mod password_rules;
pub mod signup;
