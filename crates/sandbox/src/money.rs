//! Amounts in hundredths, printed as WHMCS stores them (`15.95`). No floating point anywhere.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount in hundredths of the currency unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(pub i64);

impl Money {
    /// So many of it.
    pub fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(i64::try_from(count).unwrap_or(i64::MAX)))
    }

    /// `part` of `whole` of it, rounded half away from zero; nothing of nothing.
    pub fn share(self, part: i64, whole: i64) -> Self {
        if whole == 0 {
            return Self(0);
        }
        let product = i128::from(self.0) * i128::from(part) * 2;
        let whole = i128::from(whole);
        let half = if (product < 0) == (whole < 0) { whole } else { -whole };
        Self(i64::try_from((product + half) / (whole * 2)).unwrap_or(i64::MAX))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let hundredths = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

impl FromStr for Money {
    type Err = &'static str;

    /// Reads `12`, `12.3` and `12.30`, with an optional minus.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "an amount has digits and at most two decimals";
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || fraction.len() > 2 || !all_digits(whole) || !all_digits(fraction) {
            return Err(WRONG);
        }
        let hundredths: i64 = format!("{whole}{fraction:0<2}").parse().map_err(|_| WRONG)?;
        Ok(Self(if negative { -hundredths } else { hundredths }))
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl std::iter::Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self(0), Add::add)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    /// Accepts a JSON string or number; a number is read through its decimal text.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(text) => text,
            serde_json::Value::Number(number) => number.to_string(),
            _ => return Err(serde::de::Error::custom("an amount is a string or a number")),
        };
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Money;

    #[test]
    fn shares_are_rounded_half_away_from_zero() {
        assert_eq!(Money(-2000).share(13, 30), Money(-867));
        assert_eq!(Money(2000).share(13, 30), Money(867));
        assert_eq!((Money(5).share(1, 2), Money(-5).share(1, 2)), (Money(3), Money(-3)));
        assert_eq!(Money(5).share(1, 0), Money(0));
    }

    #[test]
    fn amounts_print_and_parse_with_two_decimals() {
        for (text, hundredths) in [("15.95", 1595), ("0.05", 5), ("-1.00", -100), ("1234567.89", 123_456_789)]
        {
            assert_eq!(Money(hundredths).to_string(), text);
            assert_eq!(text.parse(), Ok(Money(hundredths)));
        }
        assert_eq!("7".parse(), Ok(Money(700)));
        assert_eq!("7.5".parse(), Ok(Money(750)));
        for wrong in ["", "1.234", "1,5", "abc", ".5", "--1"] {
            assert!(wrong.parse::<Money>().is_err(), "{wrong}");
        }
    }
}
