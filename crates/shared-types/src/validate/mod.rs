//! The rules of input, written once: the API refuses by them, forms explain them beforehand.
//!
//! Written by hand: the `validator` crate costs 12 KB of the web bundle, and its checks for addresses a regular-expression engine.

mod address;
mod email;
mod field;
mod text;

pub use address::{countries, country, phone, postcode, tax_id};
pub use email::email;
pub use field::{Validate, Verdict};
pub use text::{code, factor_code, given_password, length, name, optional_name, password};
pub use wire_derive::Validate;

/// Most characters of an e-mail address (RFC 5321, 4.5.3.1.3, less the angle brackets).
pub const EMAIL_MAX: usize = 254;
/// Fewest characters of a password.
pub const PASSWORD_MIN: usize = 12;
/// Most bytes of a password: a bound for the work of hashing.
pub const PASSWORD_MAX: usize = 128;
/// Most characters of a person's or a company's name.
pub const NAME_MAX: usize = 100;
/// Digits of a mailed code.
pub const CODE_DIGITS: usize = 6;
