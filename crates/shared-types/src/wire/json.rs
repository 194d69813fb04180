//! A JSON text as a tree. Numbers are whole: the API sends no others, amounts of money are text.

/// So deep may answers be nested. Ours are five deep; the bound keeps a hostile text from using up the stack.
const MAX_DEPTH: u8 = 64;

/// One value.
#[derive(Debug)]
pub enum Json {
    Null,
    Bool(bool),
    Number {
        negative: bool,
        magnitude: u64,
    },
    /// A number with a fraction, or one too large.
    OtherNumber,
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Whether a field of this name is true, however deep it stands.
    pub fn says_anywhere(&self, name: &str) -> bool {
        match self {
            Self::List(items) => items.iter().any(|item| item.says_anywhere(name)),
            Self::Object(entries) => entries.iter().any(|(known, value)| {
                value.says_anywhere(name) || (known == name && matches!(value, Self::Bool(true)))
            }),
            _ => false,
        }
    }
}

/// Reads a whole text; nothing if it is not JSON.
pub fn parse(text: &str) -> Option<Json> {
    let mut parser = Parser { text, at: 0 };
    let value = parser.value(MAX_DEPTH)?;
    parser.skip_space();
    (parser.at == text.len()).then_some(value)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> u8 {
        // No text holds the byte 0 outside of strings, so that it can stand for the end.
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn next(&mut self) -> u8 {
        let byte = self.peek();
        self.at = self.at.saturating_add(1).min(self.text.len());
        byte
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.next();
        }
    }

    /// Takes this mark, after any space, if it is the next.
    fn takes(&mut self, mark: u8) -> bool {
        self.skip_space();
        let found = self.peek() == mark;
        if found {
            self.next();
        }
        found
    }

    fn word(&mut self, word: &str, value: Json) -> Option<Json> {
        self.text.get(self.at..)?.starts_with(word).then(|| {
            self.at = self.at.saturating_add(word.len());
            value
        })
    }

    fn value(&mut self, depth: u8) -> Option<Json> {
        let depth = depth.checked_sub(1)?;
        self.skip_space();
        match self.peek() {
            b'{' => self.object(depth),
            b'[' => self.list(depth),
            b'"' => self.string().map(Json::Text),
            b't' => self.word("true", Json::Bool(true)),
            b'f' => self.word("false", Json::Bool(false)),
            b'n' => self.word("null", Json::Null),
            _ => self.number(),
        }
    }

    fn object(&mut self, depth: u8) -> Option<Json> {
        let mut entries = Vec::new();
        self.next();
        if self.takes(b'}') {
            return Some(Json::Object(entries));
        }
        loop {
            self.skip_space();
            let name = self.string()?;
            if !self.takes(b':') {
                return None;
            }
            entries.push((name, self.value(depth)?));
            if !self.takes(b',') {
                return self.takes(b'}').then_some(Json::Object(entries));
            }
        }
    }

    fn list(&mut self, depth: u8) -> Option<Json> {
        let mut items = Vec::new();
        self.next();
        if self.takes(b']') {
            return Some(Json::List(items));
        }
        loop {
            items.push(self.value(depth)?);
            if !self.takes(b',') {
                return self.takes(b']').then_some(Json::List(items));
            }
        }
    }

    fn number(&mut self) -> Option<Json> {
        let negative = self.peek() == b'-';
        if negative {
            self.next();
        }
        let start = self.at;
        let mut magnitude = Some(0_u64);
        while self.peek().is_ascii_digit() {
            let digit = u64::from(self.next() - b'0');
            magnitude = magnitude.and_then(|sum| sum.checked_mul(10)).and_then(|sum| sum.checked_add(digit));
        }
        let digits = self.text.as_bytes().get(start..self.at)?;
        if digits.is_empty() || (digits.len() > 1 && digits.starts_with(b"0")) {
            return None;
        }
        let whole = self.at;
        if self.peek() == b'.' {
            self.next();
            self.digits()?;
        }
        if matches!(self.peek(), b'e' | b'E') {
            self.next();
            if matches!(self.peek(), b'+' | b'-') {
                self.next();
            }
            self.digits()?;
        }
        Some(match magnitude {
            Some(magnitude) if self.at == whole => Json::Number { negative, magnitude },
            _ => Json::OtherNumber,
        })
    }

    /// Passes over digits, of which there has to be one.
    fn digits(&mut self) -> Option<()> {
        let found = self.peek().is_ascii_digit();
        while self.peek().is_ascii_digit() {
            self.next();
        }
        found.then_some(())
    }

    fn string(&mut self) -> Option<String> {
        if self.next() != b'"' {
            return None;
        }
        let mut found = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek(), b'"' | b'\\' | 0..=0x1f) {
                self.next();
            }
            found.push_str(self.text.get(start..self.at)?);
            match self.next() {
                b'"' => return Some(found),
                b'\\' => found.push(self.escaped()?),
                _ => return None,
            }
        }
    }

    fn escaped(&mut self) -> Option<char> {
        Some(match self.next() {
            mark @ (b'"' | b'\\' | b'/') => char::from(mark),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            _ => return None,
        })
    }

    fn unicode(&mut self) -> Option<char> {
        let first = self.four_digits()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        // Beyond the first plane a character is a pair of these.
        let pair = self.next() == b'\\' && self.next() == b'u';
        let second = self.four_digits().filter(|second| pair && (0xdc00..0xe000).contains(second))?;
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))
    }

    fn four_digits(&mut self) -> Option<u32> {
        (0..4).try_fold(0, |sum, _| Some(sum * 16 + char::from(self.next()).to_digit(16)?))
    }
}
