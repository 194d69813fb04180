//! Money as WHMCS states it: a decimal text and a currency, held as whole minor units.
//!
//! The text that comes in is the text that goes out (`15.90` stays `15.90`, `1500.00` JPY stays `1500.00`). There are no
//! floats and no arithmetic but sums of equal currencies.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::wire::{Node, Wire, Writer};

/// Most digits behind the point: WHMCS stores two (DECIMAL(16,2)), rates and some gateways show up to four.
const MAX_SCALE: u8 = 4;

/// A currency code as configured in WHMCS, by custom an ISO 4217 code such as `EUR`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = "EUR"))]
#[serde(try_from = "String", into = "String")]
pub struct CurrencyCode(String);

impl CurrencyCode {
    /// Accepts one to eight ASCII letters or digits and keeps them in upper case.
    pub fn new(code: &str) -> Result<Self, MoneyError> {
        let fits = (1..=8).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric());
        if fits { Ok(Self(code.to_ascii_uppercase())) } else { Err(MoneyError::Currency) }
    }

    /// The code, in upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CurrencyCode {
    type Error = MoneyError;
    fn try_from(code: String) -> Result<Self, MoneyError> {
        Self::new(&code)
    }
}

impl From<CurrencyCode> for String {
    fn from(code: CurrencyCode) -> Self {
        code.0
    }
}

impl fmt::Display for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An amount in one currency.
///
/// On the wire `{"amount":"15.95","currency":"USD"}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    scale: u8,
    currency: CurrencyCode,
}

/// Why a text is not money, or a sum cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyError {
    /// Not `-?digits[.digits]`, or more digits than fit.
    Amount,
    /// Not a currency code.
    Currency,
    /// Two currencies in one sum.
    CurrencyMismatch,
    /// The sum leaves the range of 64 bits.
    Overflow,
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Amount => "not a decimal amount",
            Self::Currency => "not a currency code",
            Self::CurrencyMismatch => "amounts of different currencies",
            Self::Overflow => "amount out of range",
        })
    }
}

impl std::error::Error for MoneyError {}

impl Money {
    /// Reads the decimal text of an upstream, exactly.
    pub fn parse(amount: &str, currency: CurrencyCode) -> Result<Self, MoneyError> {
        let digits = amount.strip_prefix('-').unwrap_or(amount);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let point_without_digits = digits.contains('.') && fraction.is_empty();
        if whole.is_empty() || point_without_digits || !all_digits(whole) || !all_digits(fraction) {
            return Err(MoneyError::Amount);
        }
        let scale = u8::try_from(fraction.len()).map_err(|_| MoneyError::Amount)?;
        if scale > MAX_SCALE {
            return Err(MoneyError::Amount);
        }
        let unsigned: i64 = format!("{whole}{fraction}").parse().map_err(|_| MoneyError::Amount)?;
        let minor = if amount.starts_with('-') { -unsigned } else { unsigned };
        Ok(Self { minor, scale, currency })
    }

    /// Nothing, with two decimals.
    #[must_use]
    pub fn zero(currency: CurrencyCode) -> Self {
        Self { minor: 0, scale: 2, currency }
    }

    /// The currency.
    #[must_use]
    pub fn currency(&self) -> &CurrencyCode {
        &self.currency
    }

    /// The amount in units of `10^-scale`.
    #[must_use]
    pub fn minor(&self) -> i64 {
        self.minor
    }

    /// Whether this is more than nothing.
    #[must_use]
    pub fn is_positive(&self) -> bool {
        self.minor > 0
    }

    /// Whether this is exactly nothing.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.minor == 0
    }

    /// The decimal text, with as many decimals as came in.
    #[must_use]
    pub fn amount(&self) -> String {
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = self.minor.unsigned_abs().to_string();
        let scale = usize::from(self.scale);
        if scale == 0 {
            return format!("{sign}{digits}");
        }
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        format!("{sign}{whole}.{fraction}")
    }

    /// The sum of two amounts of one currency.
    pub fn checked_add(&self, other: &Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch);
        }
        let scale = self.scale.max(other.scale);
        let minor = self.at_scale(scale)?.checked_add(other.at_scale(scale)?).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, scale, currency: self.currency.clone() })
    }

    fn at_scale(&self, scale: u8) -> Result<i64, MoneyError> {
        let factor = 10_i64.pow(u32::from(scale.saturating_sub(self.scale)));
        self.minor.checked_mul(factor).ok_or(MoneyError::Overflow)
    }

    /// One total per currency, in order of the code: amounts of different currencies are never added up.
    pub fn totals<'a>(amounts: impl IntoIterator<Item = &'a Self>) -> Result<Vec<Self>, MoneyError> {
        let mut totals = std::collections::BTreeMap::<&CurrencyCode, Self>::new();
        for amount in amounts {
            match totals.get_mut(&amount.currency) {
                Some(total) => *total = total.checked_add(amount)?,
                None => {
                    totals.insert(&amount.currency, amount.clone());
                }
            }
        }
        Ok(totals.into_values().collect())
    }
}

/// An amount in one currency.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename = "Money", deny_unknown_fields)]
struct MoneyWire {
    /// Decimal text exactly as the billing system states it.
    #[cfg_attr(feature = "openapi", schema(pattern = r"^-?\d+(\.\d{1,4})?$", example = "15.95"))]
    amount: String,
    /// ISO 4217 code.
    currency: CurrencyCode,
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        MoneyWire { amount: self.amount(), currency: self.currency.clone() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = MoneyWire::deserialize(deserializer)?;
        Self::parse(&wire.amount, wire.currency).map_err(serde::de::Error::custom)
    }
}

impl Wire for CurrencyCode {
    fn read(node: Node<'_>) -> Self {
        node.some_or(Self::new(node.text()).ok(), Self(String::new()))
    }
    fn write(&self, out: &mut Writer) {
        out.text(&self.0);
    }
}

impl Wire for Money {
    fn read(node: Node<'_>) -> Self {
        let currency: CurrencyCode = node.field("currency");
        let parsed = Self::parse(node.inner("amount").text(), currency.clone()).ok();
        node.some_or(parsed, Self::zero(currency))
    }
    fn write(&self, out: &mut Writer) {
        out.open();
        out.text_field("amount", &self.amount());
        out.field("currency", &self.currency);
        out.close();
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Money {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        MoneyWire::schema()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Money {
    fn name() -> std::borrow::Cow<'static, str> {
        "Money".into()
    }

    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>) {
        MoneyWire::schemas(schemas);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn eur(amount: &str) -> Money {
        Money::parse(amount, CurrencyCode::new("EUR").unwrap()).unwrap()
    }

    #[test]
    fn keeps_the_text_of_the_upstream() {
        for text in ["15.95", "0.00", "-0.05", "1500.00", "7", "0.125", "92233720368547758.07"] {
            assert_eq!(eur(text).amount(), text);
        }
    }

    #[test]
    fn refuses_what_is_not_a_decimal() {
        let currency = CurrencyCode::new("EUR").unwrap();
        for text in
            ["", "-", ".5", "5.", "1,00", "1e3", "$5", "+5", " 5", "0.00001", "92233720368547758.08", "٣"]
        {
            assert_eq!(Money::parse(text, currency.clone()), Err(MoneyError::Amount), "{text}");
        }
    }

    #[test]
    fn sums_stay_within_one_currency() {
        let yen = Money::parse("300", CurrencyCode::new("jpy").unwrap()).unwrap();
        assert_eq!(eur("1.10").checked_add(&yen), Err(MoneyError::CurrencyMismatch));
        let totals = Money::totals([&eur("1.10"), &yen, &eur("0.905")]).unwrap();
        assert_eq!(totals.iter().map(Money::amount).collect::<Vec<_>>(), ["2.005", "300"]);
    }

    #[test]
    fn wire_form_is_amount_and_currency() {
        let json = serde_json::to_string(&eur("15.95")).unwrap();
        assert_eq!(json, r#"{"amount":"15.95","currency":"EUR"}"#);
        assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), eur("15.95"));
    }

    proptest! {
        #[test]
        fn text_survives_the_round_trip(minor in any::<i32>(), scale in 0_u8..=4) {
            let money = Money { minor: i64::from(minor), scale, currency: CurrencyCode::new("USD").unwrap() };
            prop_assert_eq!(Money::parse(&money.amount(), money.currency.clone()).unwrap(), money);
        }

        #[test]
        fn parsing_never_panics(text in ".*") {
            let _ = Money::parse(&text, CurrencyCode::new("USD").unwrap());
        }
    }
}
