//! How records are addressed.

use std::fmt;

use crate::error::{Error, NotSent};
use crate::names::Field;

/// Longest value of an External ID field: Object Reference, "External ID".
const MAX_KEY_CHARS: usize = 255;

/// A record's key of ours: a field marked External ID, and its value.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ExternalKey {
    field: Field,
    value: String,
}

impl ExternalKey {
    /// A key. Refused are values that are empty, longer than 255 characters, hold control characters, or are dot
    /// segments, which URLs resolve away, encoded or not. The field must have no parents.
    ///
    /// Unique fields compare case-insensitively unless defined otherwise: prefer lower case. A value that ends like a
    /// file name's extension may not be found by Salesforce: no e-mail addresses.
    pub fn new(field: Field, value: impl Into<String>) -> Result<Self, Error> {
        let value = value.into();
        let unusable = matches!(value.as_str(), "" | "." | "..")
            || value.chars().count() > MAX_KEY_CHARS
            || value.chars().any(char::is_control)
            || field.parents().next().is_some();
        if unusable {
            return Err(Error::NotSent(NotSent::InvalidInput("external key")));
        }
        Ok(Self { field, value })
    }

    /// The field.
    #[must_use]
    pub fn field(&self) -> Field {
        self.field
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl fmt::Debug for ExternalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExternalKey").field("field", &self.field).finish_non_exhaustive()
    }
}

/// The `fields` parameter; empty asks for all fields.
pub(crate) fn field_list(fields: &[Field]) -> String {
    fields.iter().map(|field| field.name()).collect::<Vec<_>>().join(",")
}
