//! Forms: one place for what the customer entered, what is wrong with it, and what became of it.
//!
//! The rules are those of shared-types, checked when a field is left and when the form is sent; what the portal refuses appears at the
//! same fields. Entered values live in the page only and are never stored.

mod fields;
mod state;
mod summary;

pub use fields::{ChoiceField, CodeField, PasswordField, TextField};
pub use state::{Form, FormBody};
pub use summary::FormTrouble;
