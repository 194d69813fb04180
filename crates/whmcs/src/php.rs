//! The writing half of PHP's `serialize`, for the parameters that WHMCS wants serialised and in base64
//! (custom fields, configurable options). There is no reader, on purpose: serialised PHP is never taken in.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// What these parameters can hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhpValue {
    /// A PHP integer, 64 bits.
    Int(i64),
    /// A PHP string; its length is counted in bytes.
    Text(String),
    /// A nested array.
    Array(PhpArray),
}

/// A key of a PHP array. PHP keeps decimal text such as `"1"` as an integer, and so does this type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhpKey(Key);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Key {
    Int(i64),
    Text(String),
}

/// A PHP array: ordered, with unique keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhpArray {
    entries: Vec<(PhpKey, PhpValue)>,
}

impl PhpArray {
    /// An empty array.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a key. A key that is there already keeps its place and gets the new value, as in PHP.
    #[must_use]
    pub fn with(mut self, key: impl Into<PhpKey>, value: impl Into<PhpValue>) -> Self {
        let (key, value) = (key.into(), value.into());
        match self.entries.iter_mut().find(|(known, _)| *known == key) {
            Some((_, place)) => *place = value,
            None => self.entries.push((key, value)),
        }
        self
    }

    /// Whether nothing has been set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The array as `serialize()` prints it: `a:1:{i:1;s:6:"Google";}`.
    #[must_use]
    pub fn serialized(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    /// [`Self::serialized`] in base64 with padding, as WHMCS documents it.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.serialized())
    }

    fn write(&self, out: &mut String) {
        // Writing to a String cannot fail.
        let _ = write!(out, "a:{}:{{", self.entries.len());
        for (key, value) in &self.entries {
            match &key.0 {
                Key::Int(number) => write_int(out, *number),
                Key::Text(text) => write_text(out, text),
            }
            match value {
                PhpValue::Int(number) => write_int(out, *number),
                PhpValue::Text(text) => write_text(out, text),
                PhpValue::Array(array) => array.write(out),
            }
        }
        out.push('}');
    }
}

fn write_int(out: &mut String, number: i64) {
    let _ = write!(out, "i:{number};");
}

fn write_text(out: &mut String, text: &str) {
    let _ = write!(out, "s:{}:\"{text}\";", text.len());
}

impl From<i64> for PhpKey {
    fn from(number: i64) -> Self {
        Self(Key::Int(number))
    }
}

impl From<&str> for PhpKey {
    fn from(text: &str) -> Self {
        // Only the canonical decimal form becomes an integer: "01", "+1" and "-0" stay text in PHP.
        match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => Self(Key::Int(number)),
            _ => Self(Key::Text(text.to_owned())),
        }
    }
}

impl From<i64> for PhpValue {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<&str> for PhpValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<PhpArray> for PhpValue {
    fn from(array: PhpArray) -> Self {
        Self::Array(array)
    }
}

#[cfg(test)]
mod tests {
    use super::PhpArray;

    #[test]
    fn prints_what_php_prints() {
        assert_eq!(PhpArray::new().with("1", "Google").serialized(), r#"a:1:{i:1;s:6:"Google";}"#);
        assert_eq!(PhpArray::new().with("1", "Google").to_base64(), "YToxOntpOjE7czo2OiJHb29nbGUiO30=");
        assert_eq!(PhpArray::new().serialized(), "a:0:{}");
        assert_eq!(PhpArray::new().with("Zoë", -7).serialized(), "a:1:{s:4:\"Zoë\";i:-7;}");
        assert_eq!(
            PhpArray::new().with(2, PhpArray::new().with("a", "\"x\";")).serialized(),
            r#"a:1:{i:2;a:1:{s:1:"a";s:4:""x";";}}"#
        );
    }

    #[test]
    fn only_canonical_decimal_keys_become_integers() {
        let keys = PhpArray::new().with("-5", 1).with("01", 2).with("+1", 3).with("-0", 4).with("", 5);
        assert_eq!(
            keys.serialized(),
            "a:5:{i:-5;i:1;s:2:\"01\";i:2;s:2:\"+1\";i:3;s:2:\"-0\";i:4;s:0:\"\";i:5;}"
        );
        let large = PhpArray::new().with("9223372036854775808", 1);
        assert_eq!(large.serialized(), "a:1:{s:19:\"9223372036854775808\";i:1;}");
    }

    #[test]
    fn a_repeated_key_keeps_its_place() {
        assert_eq!(PhpArray::new().with("1", 1).with(2, 2).with(1, 3).serialized(), "a:2:{i:1;i:3;i:2;i:2;}");
    }
}
