//! A text of an answer without a copy of it: an answer holds thousands, of which most are never asked for.

use std::{ops::Range, sync::Arc};

/// A text of an answer.
#[derive(Clone)]
pub(crate) enum Piece {
    /// As it stands in the body.
    Part { body: Arc<str>, range: Range<usize> },
    /// With its escapes resolved.
    Own(String),
}

impl Piece {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Part { body, range } => body.get(range.clone()).unwrap_or_default(),
            Self::Own(text) => text,
        }
    }
}

impl PartialEq for Piece {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Piece {}

impl From<&str> for Piece {
    fn from(text: &str) -> Self {
        Self::Own(text.to_owned())
    }
}
