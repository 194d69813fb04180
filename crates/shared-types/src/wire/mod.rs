//! Reading and writing JSON in the browser, where every byte of code is loaded by every visitor.
//!
//! The API reads and writes the same types by serde. serde writes the reading of each type out at length, with an early exit and a clean-up
//! at every field; here a field is one call, since reading never stops half way: what does not fit reads as something empty and is noted,
//! and the whole answer is refused afterwards. `#[derive(Wire)]` obeys the `serde` attributes, and `tests.rs` holds the two sides together.

mod json;
mod node;
mod time;
mod values;
mod writer;

#[cfg(test)]
mod tests;

use std::cell::Cell;

pub use node::Node;
pub use time::{day_text, moment_text};
pub use wire_derive::Wire;
pub use writer::Writer;

/// A type that the browser reads and writes.
#[diagnostic::on_unimplemented(
    message = "the browser cannot read or write `{Self}`",
    note = "derive it: `#[derive(Serialize, Deserialize, Wire)]` with `use crate::wire::Wire`"
)]
pub trait Wire: Sized {
    /// Reads. What does not fit is noted in the node, and something empty stands in its place.
    fn read(node: Node<'_>) -> Self;

    /// Writes.
    fn write(&self, out: &mut Writer);

    /// Writes the fields without the object around them; only structs have any.
    fn write_fields(&self, out: &mut Writer) {
        let _ = out;
    }
}

/// The text is not what was expected. Where it is not does not matter: nobody in the browser could do anything about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

/// Reads a text.
pub fn from_text<T: Wire>(text: &str) -> Result<T, Unreadable> {
    Document::parse(text)?.read()
}

/// An answer that is JSON, of whatever type.
#[derive(Debug)]
pub struct Document(json::Json);

impl Document {
    /// Takes a text apart.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        json::parse(text).map(Self).ok_or(Unreadable)
    }

    /// Reads it as a type.
    pub fn read<T: Wire>(&self) -> Result<T, Unreadable> {
        let sound = Cell::new(true);
        let value = T::read(Node::new(&self.0, &sound));
        if sound.get() { Ok(value) } else { Err(Unreadable) }
    }

    /// Whether any part of it is marked as older than it should be.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.0.says_anywhere("stale")
    }
}

/// Writes a text.
pub fn to_text<T: Wire>(value: &T) -> String {
    let mut out = Writer::default();
    value.write(&mut out);
    out.into_text()
}
