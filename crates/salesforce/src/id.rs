//! Record ids. Salesforce has two spellings of one id; only the 18-character one is kept, so that ids can be compared.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

const CHECK_CHARS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/// A Salesforce record id: always 18 characters, always with a valid checksum.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SalesforceId(String);

/// Text that is no record id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Neither 15 nor 18 ASCII letters and digits.
    #[error("a Salesforce id has 15 or 18 letters and digits")]
    Shape,
    /// 18 characters whose last three do not match the first fifteen: mistyped, or lower-cased on its way.
    #[error("the Salesforce id's checksum does not match")]
    Checksum,
}

impl SalesforceId {
    /// The 18 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The three characters that name the object, e.g. `001` for Account.
    #[must_use]
    pub fn key_prefix(&self) -> &str {
        self.0.get(..3).unwrap_or_default()
    }
}

impl FromStr for SalesforceId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if !matches!(text.len(), 15 | 18) || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(IdError::Shape);
        }
        let (base, given) = text.split_at(15);
        let check: String = base.as_bytes().chunks(5).map(check_char).collect();
        if !given.is_empty() && given != check {
            return Err(IdError::Checksum);
        }
        Ok(Self(format!("{base}{check}")))
    }
}

/// One character per five: bit j is set where character j is an upper-case letter.
fn check_char(chunk: &[u8]) -> char {
    let bits = chunk.iter().rev().fold(0_u8, |bits, byte| (bits << 1) | u8::from(byte.is_ascii_uppercase()));
    CHECK_CHARS.get(usize::from(bits)).copied().map_or('A', char::from)
}

impl fmt::Display for SalesforceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for SalesforceId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<SalesforceId> for String {
    fn from(id: SalesforceId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifteen_characters_gain_their_checksum() {
        let id: SalesforceId = "00190000001pPvH".parse().unwrap();
        assert_eq!(id.as_str(), "00190000001pPvHAAU");
        assert_eq!(id.key_prefix(), "001");
        assert_eq!("00190000001pPvHAAU".parse(), Ok(id));
    }

    #[test]
    fn ids_differing_in_case_only_are_different_ids() {
        let upper: SalesforceId = "001R00000033JNu".parse().unwrap();
        let lower: SalesforceId = "001R00000033jnu".parse().unwrap();
        assert_ne!(upper, lower);
    }

    #[test]
    fn a_wrong_checksum_is_refused() {
        // The one id in the recorded exchanges that Salesforce itself refused with MALFORMED_ID.
        assert_eq!("a00B000000FSjVUIB1".parse::<SalesforceId>(), Err(IdError::Checksum));
        assert_eq!("00190000001ppvhaau".parse::<SalesforceId>(), Err(IdError::Checksum));
    }

    #[test]
    fn other_text_is_refused() {
        for text in
            ["", "001", "00190000001pPvHA", "00190000001pPv'", "00190000001pPvé", "00190000001pPvHAAU "]
        {
            assert_eq!(text.parse::<SalesforceId>(), Err(IdError::Shape), "{text:?}");
        }
    }

    #[test]
    fn json_goes_through_the_same_check() {
        assert!(serde_json::from_str::<SalesforceId>("\"00190000001pPvHAAX\"").is_err());
        let id: SalesforceId = serde_json::from_str("\"00190000001pPvH\"").unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"00190000001pPvHAAU\"");
    }
}
