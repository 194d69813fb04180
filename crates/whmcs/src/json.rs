//! JSON as WHMCS prints it, read into a tree that keeps each number's text: amounts must not pass through a
//! float, and `serde_json` gives the text of a number only for whole values, so that a tree of them reads each
//! level again. The walk through lists and objects is therefore done here, in one go; what is subtle, escapes
//! and the reason of a failure, is left to `serde_json`, and a test holds every result against it.

use std::sync::Arc;

use serde_json::value::RawValue;

use crate::{object::Object, piece::Piece};

/// Answers of WHMCS nest eight deep; far deeper ones are hostile.
const MAX_DEPTH: usize = 32;

/// One JSON value.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Json {
    Null,
    Flag(bool),
    /// The number's own text.
    Number(Piece),
    Text(Piece),
    List(Vec<Json>),
    /// The members in the order they were sent: numeric-keyed objects stand for lists.
    Map(Object),
}

/// Why a body is not a JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    NotJson,
    Truncated,
    TooDeep,
}

impl Json {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Unreadable> {
        // A PHP file saved with a byte order mark puts it in front of every answer.
        let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
        let text = match std::str::from_utf8(body) {
            Ok(text) => text,
            Err(error) if error.error_len().is_none() => return Err(Unreadable::Truncated),
            Err(_) => return Err(Unreadable::NotJson),
        };
        if text.trim().is_empty() {
            return Err(Unreadable::NotJson);
        }
        Walk { text, body: Arc::from(text), at: 0 }.whole().map_err(|fault| reason(text, fault))
    }
}

/// Why the walk stopped.
#[derive(Clone, Copy)]
enum Fault {
    Syntax,
    Depth,
}

fn reason(text: &str, fault: Fault) -> Unreadable {
    match (serde_json::from_str::<&RawValue>(text), fault) {
        (Err(error), _) if error.is_eof() => Unreadable::Truncated,
        (Err(_), _) | (Ok(_), Fault::Syntax) => Unreadable::NotJson,
        (Ok(_), Fault::Depth) => Unreadable::TooDeep,
    }
}

/// A place in a text.
struct Walk<'a> {
    text: &'a str,
    /// The same text, for the pieces to share.
    body: Arc<str>,
    at: usize,
}

impl<'a> Walk<'a> {
    fn whole(mut self) -> Result<Json, Fault> {
        let value = self.value(MAX_DEPTH)?;
        if self.peek().is_none() { Ok(value) } else { Err(Fault::Syntax) }
    }

    /// The next byte that is no blank.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    /// Goes past the next byte if it is this one.
    fn eat(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, byte: u8) -> Result<(), Fault> {
        if self.eat(byte) { Ok(()) } else { Err(Fault::Syntax) }
    }

    /// Goes past the bytes that satisfy the condition, and gives them back.
    fn run(&mut self, wanted: impl Fn(u8) -> bool) -> &'a str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest.bytes().position(|byte| !wanted(byte)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn value(&mut self, depth: usize) -> Result<Json, Fault> {
        let inner = depth.checked_sub(1).ok_or(Fault::Depth)?;
        match self.peek().ok_or(Fault::Syntax)? {
            b'{' => self.object(inner),
            b'[' => self.list(inner),
            b'"' => self.string().map(Json::Text),
            b'a'..=b'z' => match self.run(|byte| byte.is_ascii_alphanumeric()) {
                "true" => Ok(Json::Flag(true)),
                "false" => Ok(Json::Flag(false)),
                "null" => Ok(Json::Null),
                _ => Err(Fault::Syntax),
            },
            _ => {
                let start = self.at;
                let number = self.run(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
                if is_number(number) { Ok(Json::Number(self.piece(start))) } else { Err(Fault::Syntax) }
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, Fault> {
        self.expect(b'{')?;
        let mut members = Vec::new();
        if !self.eat(b'}') {
            loop {
                if self.peek() != Some(b'"') {
                    return Err(Fault::Syntax);
                }
                let name = self.string()?;
                self.expect(b':')?;
                members.push((name, self.value(depth)?));
                if !self.eat(b',') {
                    break self.expect(b'}')?;
                }
            }
        }
        Ok(Json::Map(Object::new(members)))
    }

    fn list(&mut self, depth: usize) -> Result<Json, Fault> {
        self.expect(b'[')?;
        let mut items = Vec::new();
        if !self.eat(b']') {
            loop {
                items.push(self.value(depth)?);
                if !self.eat(b',') {
                    break self.expect(b']')?;
                }
            }
        }
        Ok(Json::List(items))
    }

    /// What lies between a place and this one.
    fn piece(&self, start: usize) -> Piece {
        Piece::Part { body: Arc::clone(&self.body), range: start..self.at }
    }

    /// A string, from its opening quote on.
    fn string(&mut self) -> Result<Piece, Fault> {
        let start = self.at;
        self.at += 1;
        let mut plain = true;
        loop {
            self.run(|byte| !matches!(byte, b'"' | b'\\' | ..b' '));
            match self.text.as_bytes().get(self.at) {
                Some(b'"') if plain => {
                    let piece = self.piece(start + 1);
                    self.at += 1;
                    return Ok(piece);
                }
                Some(b'"') => {
                    self.at += 1;
                    let quoted = self.text.get(start..self.at).unwrap_or_default();
                    return serde_json::from_str(quoted).map(Piece::Own).map_err(|_| Fault::Syntax);
                }
                // The character behind it may be a quote.
                Some(b'\\') => {
                    plain = false;
                    self.at += 2;
                }
                _ => return Err(Fault::Syntax),
            }
        }
    }
}

/// RFC 8259, section 6.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (decimal, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, "0"));
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    digits(whole)
        && !leading_zero
        && digits(fraction)
        && digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, value::RawValue};

    use super::{Json, Unreadable};

    /// The tree as `serde_json` has it.
    fn value(json: &Json) -> Value {
        match json {
            Json::Null => Value::Null,
            Json::Flag(flag) => Value::Bool(*flag),
            Json::Number(text) => serde_json::from_str(text.as_str()).unwrap(),
            Json::Text(text) => Value::String(text.as_str().to_owned()),
            Json::List(items) => items.iter().map(value).collect(),
            Json::Map(object) => {
                let members =
                    object.members.iter().map(|(name, member)| (name.as_str().to_owned(), value(member)));
                Value::Object(members.collect::<Map<_, _>>())
            }
        }
    }

    fn assert_agrees(text: &str) {
        let expected = serde_json::from_str::<Value>(text);
        match Json::parse(text.as_bytes()) {
            // Numbers that fit no float are text here, and errors there.
            Ok(json) => match expected {
                Ok(expected) => assert_eq!(value(&json), expected, "{text}"),
                Err(_) => assert!(serde_json::from_str::<&RawValue>(text).is_ok(), "{text}"),
            },
            Err(Unreadable::TooDeep) => {}
            Err(_) => assert!(expected.is_err(), "{text}"),
        }
    }

    #[test]
    fn agrees_with_serde_json_on_what_is_json() {
        for text in [
            "-0",
            "-",
            "01",
            "1.",
            ".5",
            "1e5",
            "1E+5",
            "1e",
            "1.5e-3",
            "--1",
            "+1",
            "1 2",
            "nul",
            "nulls",
            "True",
            "[1,]",
            "[,1]",
            "{\"a\":1,}",
            "{,}",
            "{\"a\" 1}",
            "{a:1}",
            "{\"a\":}",
            "[1 2]",
            "[]",
            "{}",
            " [ ] ",
            "\"\\\"\"",
            "\"\\",
            "\"\\u00e9\"",
            "\"\\ud83d\\ude00\"",
            "\"\\x\"",
            "\"a\nb\"",
            "\"\u{7f}\"",
            "\"é\\né\"",
            "\"é\\",
            "\u{a0}1",
            "1e999",
            "{\"a\":[{\"b\":null}]}",
        ] {
            assert_agrees(text);
        }
    }

    #[test]
    fn agrees_with_serde_json_on_anything() {
        const PIECES: [&str; 22] = [
            "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\\", "\\u00e9", "\\n", "0", "1", "-", ".", "e",
            "true", "null", " ", "é", "\"b\":", "\t",
        ];
        bolero::check!().with_iterations(5000).for_each(|picks: &[u8]| {
            let pieces = picks.iter().take(64).map(|pick| PIECES[usize::from(*pick) % PIECES.len()]);
            assert_agrees(&pieces.collect::<String>());
            if let Ok(text) = std::str::from_utf8(picks) {
                assert_agrees(text);
            }
        });
    }

    fn number(body: &str) -> String {
        match Json::parse(body.as_bytes()) {
            Ok(Json::Number(text)) => text.as_str().to_owned(),
            _ => panic!("no number: {body}"),
        }
    }

    #[test]
    fn numbers_keep_their_text() {
        assert_eq!(number("15.90"), "15.90");
        assert_eq!(number("12345678901234567890.12"), "12345678901234567890.12");
    }

    #[test]
    fn says_why_a_body_is_unreadable() {
        let reason = |body: &[u8]| Json::parse(body).err();
        assert_eq!(reason(b""), Some(Unreadable::NotJson));
        assert_eq!(reason(b"  \n"), Some(Unreadable::NotJson));
        assert_eq!(reason(b"<!DOCTYPE html>"), Some(Unreadable::NotJson));
        assert_eq!(reason(b"<br />Notice {\"result\":\"success\"}"), Some(Unreadable::NotJson));
        assert_eq!(reason(b"{\"a\":\"\xFF\"}"), Some(Unreadable::NotJson));
        assert_eq!(reason(b"{\"a\":\"\\ud800\"}"), Some(Unreadable::NotJson));
        assert_eq!(reason(b"{\"result\":\"succ"), Some(Unreadable::Truncated));
        assert_eq!(reason(b"{\"name\":\"Zo\xC3"), Some(Unreadable::Truncated));
        assert_eq!(reason(&b"[".repeat(100_000)), Some(Unreadable::Truncated));
        let deep = [b"[".repeat(40), b"]".repeat(40)].concat();
        assert_eq!(reason(&deep), Some(Unreadable::TooDeep));
        assert_eq!(reason(b"\xEF\xBB\xBFnull"), None);
    }
}
