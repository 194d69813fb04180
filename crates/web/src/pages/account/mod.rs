//! The customer's own data, and what protects it.

mod activity;
mod billing_form;
mod email_change;
mod name_form;
mod passkeys;
mod password;
mod profile;
mod recovery_codes;
mod security;
mod sessions;
mod tabs;
mod totp;

pub use activity::Activity;
pub use profile::Profile;
pub use security::Security;
