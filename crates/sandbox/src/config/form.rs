//! Choices about the form of WHMCS's answers and about who may call. Each answers one question that the documentation
//! leaves open.

use serde::{Deserialize, Serialize};

/// How scalars look on the wire.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// Numbers and booleans, as the newer official examples print them.
    #[default]
    Typed,
    /// Every scalar a string, as PHP's string conversion makes it: `true` is `"1"`, `false` is `""`.
    Stringy,
}

/// What a list without rows looks like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmptyList {
    /// As the official examples print it: `""` for transactions, the wrapper with `[]` elsewhere.
    #[default]
    Documented,
    /// `{"invoice": []}`
    Wrapped,
    /// `{"invoice": ""}`
    WrappedText,
    /// `""`
    Text,
    /// `[]`
    Array,
    /// `{}`
    Object,
    /// `null`
    Null,
    /// The key is left out.
    Missing,
    /// Each of the others in turn, one per list printed.
    Cycle,
}

impl EmptyList {
    pub const CYCLE: [Self; 7] =
        [Self::Wrapped, Self::Text, Self::Array, Self::Object, Self::WrappedText, Self::Null, Self::Missing];
}

/// The WHMCS version that is simulated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Version {
    #[serde(rename = "7.10")]
    V7_10,
    #[serde(rename = "8.0")]
    V8_0,
    #[serde(rename = "8.1")]
    V8_1,
    #[serde(rename = "8.6")]
    V8_6,
    #[default]
    #[serde(rename = "8.12")]
    V8_12,
    #[serde(rename = "9.0")]
    V9_0,
}

impl Version {
    pub fn number(self) -> &'static str {
        match self {
            Self::V7_10 => "7.10.0",
            Self::V8_0 => "8.0.0",
            Self::V8_1 => "8.1.0",
            Self::V8_6 => "8.6.0",
            Self::V8_12 => "8.12.0",
            Self::V9_0 => "9.0.0",
        }
    }
}

/// Whether an invoice's `total` is net of applied credit; the documentation does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Total {
    #[default]
    Net,
    Gross,
}

/// What a list with rows looks like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowList {
    /// An array, as every example prints it.
    #[default]
    Array,
    /// An object with the keys `0`, `1`, ….
    Keyed,
    /// A single row stands for itself; several are an array.
    BareSingle,
}

/// Text with HTML special characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entities {
    /// As stored: `&amp;`, `&#039;`.
    #[default]
    Encoded,
    /// Decoded.
    Plain,
}

/// The form of an answer to a caller who names none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DefaultResponse {
    /// XML.
    #[default]
    Xml,
    /// JSON.
    Json,
}

/// HTTP status of a business error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BusinessError {
    /// 200.
    #[default]
    Ok,
    /// 400.
    BadRequest,
}

/// What an action that does not exist is answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownAction {
    /// No role lists it, so the permission text, 403.
    #[default]
    Role,
    /// `API Function Not Found`, 200.
    NotFound,
}

/// HTTP status that goes with `Invalid IP`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvalidIp {
    /// 403.
    #[default]
    Forbidden,
    /// 400.
    BadRequest,
}

/// State of the credential's administrator. The status of the two refusals is not documented; 403 here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Admin {
    /// May call.
    #[default]
    Active,
    /// `Administrator Account Disabled`.
    Disabled,
    /// `Access Denied`: the role group lacks `API Access`.
    Denied,
}

/// Whether a member is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// It is.
    #[default]
    Present,
    /// It is not.
    Absent,
}

/// Whether a member is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absence {
    /// It is not.
    #[default]
    Absent,
    /// It is.
    Present,
}
