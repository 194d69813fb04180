//! Signing in and up, linking a login of the billing system, replacing a forgotten password.

mod forgot;
mod link;
mod login;
mod mfa;
mod onward;
mod reset;
mod set_password;
mod signup;

pub use forgot::Forgot;
pub use link::Link;
pub use login::Login;
pub use mfa::Mfa;
pub use reset::Reset;
pub use set_password::SetPassword;
pub use signup::Signup;
