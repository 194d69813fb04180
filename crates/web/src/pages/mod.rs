//! The pages, by area.

pub mod account;
pub mod auth;
pub mod billing;
mod dashboard;
mod not_found;

pub use account::{Activity, Profile, Security};
pub use auth::{Forgot, Link, Login, Mfa, Reset, SetPassword, Signup};
pub use billing::{InvoicePage, Invoices};
pub use dashboard::Dashboard;
pub use not_found::NotFound;
