//! Switches for what the vendors' documentation leaves open, set over `POST /_control/config`.

use serde::{Deserialize, Serialize};

use crate::client_area::switches::ClientArea;

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

/// All switches.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Config {
    pub profile: Profile,
    pub empty_list: EmptyList,
    pub version: Version,
    pub total: Total,
    /// What is open about single sign-on, mass payment and OpenID Connect.
    pub client_area: ClientArea,
    /// Lower-case names of actions that the API credential's role does not list.
    pub denied_actions: Vec<String>,
    /// Lists printed so far in `cycle` mode.
    #[serde(skip)]
    pub cycle: usize,
}

impl Config {
    /// The variant for the next empty list.
    pub fn next_empty(&mut self) -> EmptyList {
        if self.empty_list != EmptyList::Cycle {
            return self.empty_list;
        }
        let variant = EmptyList::CYCLE.get(self.cycle % EmptyList::CYCLE.len()).copied();
        self.cycle += 1;
        variant.unwrap_or_default()
    }
}
