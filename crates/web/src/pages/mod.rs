//! The pages, by area.

pub mod account;
pub mod auth;
pub mod billing;
mod dashboard;
mod not_found;

pub use account::Profile;
pub use auth::{Login, Signup};
pub use billing::{InvoicePage, Invoices};
pub use dashboard::Dashboard;
pub use not_found::NotFound;
