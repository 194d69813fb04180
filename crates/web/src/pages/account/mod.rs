//! The customer's own data.

mod profile;

pub use profile::Profile;
