//! What surrounds the pages.

mod accounts;
mod app;
mod auth;
mod brand;
mod navigation;
mod prompt;
mod proof;

pub use app::AppLayout;
pub use auth::AuthLayout;
pub use brand::Brand;
pub use proof::{Means, Proof, means_of};
