//! Signing in and up.

mod login;
mod onward;
mod signup;

pub use login::Login;
pub use signup::Signup;
