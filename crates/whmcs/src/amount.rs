//! Decimal figures exactly as WHMCS prints them. Nothing here computes, rounds or passes through a float.

use std::fmt;

/// Longer than any decimal column of WHMCS; anything beyond is not an amount.
const MAX_LENGTH: usize = 32;

/// A decimal figure in WHMCS's own text, such as `15.95`, `-8.67` or the rate `1.00000`. It carries no
/// currency.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Amount(String);

impl Amount {
    /// Takes `-?\d+(\.\d+)?` of at most 32 bytes; anything else, such as a formatted `$1,234.50 USD`, is not
    /// an amount.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let numeric = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        (text.len() <= MAX_LENGTH && numeric(whole) && numeric(fraction)).then(|| Self(text.to_owned()))
    }

    /// Nothing, as WHMCS prints it.
    pub(crate) fn zero() -> Self {
        Self("0.00".to_owned())
    }

    /// Whether it is below zero. In a price that means "not offered".
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.0.starts_with('-') && self.0.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
    }

    /// The text as WHMCS sent it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Amount;

    #[test]
    fn keeps_the_text_of_a_decimal() {
        for text in ["0", "15.95", "-8.67", "-1.00", "1.00000", "007", "99999999999999.99"] {
            assert_eq!(Amount::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn minus_zero_is_not_negative() {
        let negative = |text| Amount::parse(text).unwrap().is_negative();
        assert!(negative("-1.00") && negative("-0.01"));
        assert!(
            !negative("-0.00") && !negative("0.00") && !negative("1.00") && !Amount::zero().is_negative()
        );
    }

    #[test]
    fn refuses_everything_else() {
        let long = "1".repeat(33);
        for text in [
            "", "-", ".5", "5.", "--1", "+1", "1e2", "1,234.50", "$1.00", "1.00 USD", "1.2.3", " 1", "١",
            &long,
        ] {
            assert_eq!(Amount::parse(text), None, "{text}");
        }
    }
}
