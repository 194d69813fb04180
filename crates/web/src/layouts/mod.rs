//! What surrounds the pages.

mod app;
mod auth;
mod brand;
mod navigation;
mod prompt;

pub use app::AppLayout;
pub use auth::AuthLayout;
pub use brand::Brand;
