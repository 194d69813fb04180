//! A value of an answer, as the types of this crate read it.

use std::cell::Cell;

use super::{Wire, json::Json};

static NOTHING: Json = Json::Null;

/// One value, and whether everything that was read so far fitted.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    json: &'a Json,
    sound: &'a Cell<bool>,
}

impl<'a> Node<'a> {
    pub(super) fn new(json: &'a Json, sound: &'a Cell<bool>) -> Self {
        Self { json, sound }
    }

    /// Whether there is no value.
    #[must_use]
    pub fn is_null(self) -> bool {
        matches!(self.json, Json::Null)
    }

    /// A value of an object; nothing where it has none of this name.
    #[must_use]
    #[inline(never)]
    pub fn inner(self, name: &str) -> Self {
        let found = if let Json::Object(entries) = self.json {
            entries.iter().find(|(known, _)| known == name).map(|(_, value)| value)
        } else {
            self.sound.set(false);
            None
        };
        Self { json: found.unwrap_or(&NOTHING), ..self }
    }

    /// Reads a value of an object.
    #[must_use]
    #[inline(never)]
    pub fn field<T: Wire>(self, name: &str) -> T {
        T::read(self.inner(name))
    }

    /// Reads a value of an object that may have none.
    #[must_use]
    pub fn field_or_default<T: Wire + Default>(self, name: &str) -> T {
        let inner = self.inner(name);
        if inner.is_null() { T::default() } else { T::read(inner) }
    }

    /// A text.
    #[must_use]
    pub fn text(self) -> &'a str {
        if let Json::Text(text) = self.json {
            text
        } else {
            self.sound.set(false);
            ""
        }
    }

    /// The place of a text in a list of names; the first one for a text that is not in it.
    #[must_use]
    #[inline(never)]
    pub fn choice(self, names: &[&str]) -> usize {
        let text = self.text();
        names.iter().position(|name| *name == text).unwrap_or_else(|| {
            self.sound.set(false);
            0
        })
    }

    /// Yes or no.
    #[must_use]
    pub fn truth(self) -> bool {
        if let Json::Bool(value) = self.json {
            *value
        } else {
            self.sound.set(false);
            false
        }
    }

    /// A whole number that is not negative.
    #[must_use]
    pub fn unsigned(self) -> u64 {
        if let Json::Number { negative: false, magnitude } = self.json {
            *magnitude
        } else {
            self.sound.set(false);
            0
        }
    }

    /// A whole number.
    #[must_use]
    pub fn signed(self) -> i64 {
        let value = match self.json {
            Json::Number { negative: false, magnitude } => i64::try_from(*magnitude).ok(),
            Json::Number { negative: true, magnitude } => 0_i64.checked_sub_unsigned(*magnitude),
            _ => None,
        };
        self.some_or(value, 0)
    }

    /// The value if there is one; if not, the answer does not fit.
    pub fn some_or<T>(self, value: Option<T>, otherwise: T) -> T {
        if value.is_none() {
            self.sound.set(false);
        }
        value.unwrap_or(otherwise)
    }

    /// The values of a list.
    #[must_use]
    pub fn items(self) -> impl ExactSizeIterator<Item = Self> {
        let items: &[Json] = if let Json::List(items) = self.json {
            items
        } else {
            self.sound.set(false);
            &[]
        };
        items.iter().map(move |json| Self { json, ..self })
    }

    /// The names and values of an object.
    #[must_use]
    pub fn entries(self) -> impl ExactSizeIterator<Item = (&'a str, Self)> {
        let entries: &[(String, Json)] = if let Json::Object(entries) = self.json {
            entries
        } else {
            self.sound.set(false);
            &[]
        };
        entries.iter().map(move |(name, json)| (&**name, Self { json, ..self }))
    }
}
