//! PHP's serialised form, read: what `customfields` and `configoptions` carry inside base64. Arrays and scalars only; an
//! object, a reference or anything malformed is nothing, as `unserialize` gives `false`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::php_form::{PhpArray, PhpValue};

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 16;

/// The array in `base64(serialize(array(…)))`.
pub fn decode(text: &str) -> Option<PhpArray> {
    let bytes = STANDARD.decode(text.trim()).ok()?;
    let mut reader = Reader { rest: &bytes };
    match reader.value(0)? {
        PhpValue::Array(array) if reader.rest.is_empty() => Some(array),
        _ => None,
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn expect(&mut self, text: &str) -> Option<()> {
        (self.take(text.len())? == text.as_bytes()).then_some(())
    }

    /// The text up to `end`, which is dropped.
    fn until(&mut self, end: u8) -> Option<&'a str> {
        let length = self.rest.iter().position(|byte| *byte == end)?;
        let text = std::str::from_utf8(self.take(length)?).ok()?;
        self.take(1)?;
        Some(text)
    }

    fn value(&mut self, depth: usize) -> Option<PhpValue> {
        let text = |text: &str| Some(PhpValue::Text(text.to_owned()));
        match self.take(2)? {
            b"N;" => text(""),
            // PHP prints `true` as 1 and `false` as nothing.
            b"b:" => text(if self.until(b';')? == "1" { "1" } else { "" }),
            b"i:" => text(&self.until(b';')?.parse::<i64>().ok()?.to_string()),
            b"d:" => text(self.until(b';')?),
            b"s:" => {
                let string = self.string()?;
                self.expect(";")?;
                Some(PhpValue::Text(string))
            }
            b"a:" if depth < MAX_DEPTH => self.array(depth).map(PhpValue::Array),
            _ => None,
        }
    }

    /// A string after its `s:`; the length counts bytes.
    fn string(&mut self) -> Option<String> {
        let length = self.until(b':')?.parse().ok()?;
        self.expect("\"")?;
        let bytes = self.take(length)?;
        self.expect("\"")?;
        String::from_utf8(bytes.to_vec()).ok()
    }

    fn array(&mut self, depth: usize) -> Option<PhpArray> {
        let count: usize = self.until(b':')?.parse().ok()?;
        self.expect("{")?;
        let mut array = PhpArray::default();
        for _ in 0..count {
            let key = match self.take(2)? {
                b"i:" => self.until(b';')?.parse::<i64>().ok()?.to_string(),
                b"s:" => {
                    let key = self.string()?;
                    self.expect(";")?;
                    key
                }
                _ => return None,
            };
            let value = self.value(depth + 1)?;
            array.set(key, value);
        }
        self.expect("}")?;
        Some(array)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use proptest::prelude::*;

    use super::{PhpValue, STANDARD, decode};

    fn encoded(text: &str) -> String {
        STANDARD.encode(text)
    }

    #[test]
    fn arrays_of_scalars_are_read_with_byte_lengths() {
        let array =
            decode(&encoded("a:3:{i:1;s:7:\"Goo\u{e9}gl\";s:1:\"k\";a:1:{i:0;i:5;}i:4;b:1;}")).unwrap();
        assert_eq!(array.get("1"), Some(&PhpValue::Text("Goo\u{e9}gl".to_owned())));
        assert_eq!(array.get("4"), Some(&PhpValue::Text("1".to_owned())));
        assert!(matches!(array.get("k"), Some(PhpValue::Array(_))));
    }

    #[test]
    fn everything_else_is_nothing() {
        for text in [
            "",
            "i:1;",
            "a:1:{i:1;s:9:\"short\";}",
            "a:1:{i:1;O:8:\"stdClass\":0:{}}",
            "a:1:{i:1;i:2;}x",
            "a:99999999999:{}",
            "a:1:{i:1;i:2",
        ] {
            assert!(decode(&encoded(text)).is_none(), "{text}");
        }
        assert!(decode("not base64!").is_none());
        let deep = format!("{}i:1;{}", "a:1:{i:0;".repeat(40), "}".repeat(40));
        assert!(decode(&encoded(&deep)).is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            decode(&STANDARD.encode(bytes));
        }
    }
}
