//! Everything the app says. `en` is the catalogue; codes are matched to the last one, so that a new code cannot go without a text.
//!
//! Dates and money follow the browser's locale, whatever the language of the texts.

pub mod codes;
pub mod en;
pub mod format;
mod message;

pub use message::{Message, message_of, passkey_trouble};
