//! Writes JSON.

use super::Wire;

/// A JSON text that is being written.
#[derive(Debug, Default)]
pub struct Writer {
    text: String,
    /// Something stands before the next entry of the object or list.
    follows: bool,
}

impl Writer {
    /// What was written.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }

    /// Writes JSON as it is.
    pub fn raw(&mut self, json: &str) {
        self.text.push_str(json);
    }

    /// Writes a text.
    pub fn text(&mut self, text: &str) {
        self.text.push('"');
        for letter in text.chars() {
            match letter {
                '"' | '\\' => {
                    self.text.push('\\');
                    self.text.push(letter);
                }
                '\n' => self.raw("\\n"),
                '\u{0}'..'\u{20}' => {
                    self.raw("\\u00");
                    for digit in [u32::from(letter) >> 4, u32::from(letter) & 15] {
                        self.text.extend(char::from_digit(digit, 16));
                    }
                }
                _ => self.text.push(letter),
            }
        }
        self.text.push('"');
    }

    /// Begins an object.
    pub fn open(&mut self) {
        self.raw("{");
        self.follows = false;
    }

    /// Ends an object.
    pub fn close(&mut self) {
        self.raw("}");
        self.follows = true;
    }

    /// Writes a list.
    pub fn list<T: Wire>(&mut self, items: &[T]) {
        self.raw("[");
        self.follows = false;
        for item in items {
            self.separate();
            item.write(self);
            self.follows = true;
        }
        self.raw("]");
        self.follows = true;
    }

    /// Writes a field of an object.
    pub fn field<T: Wire>(&mut self, name: &str, value: &T) {
        self.separate();
        self.text(name);
        self.raw(":");
        value.write(self);
        self.follows = true;
    }

    /// Writes a field that holds a text.
    pub fn text_field(&mut self, name: &str, value: &str) {
        self.separate();
        self.text(name);
        self.raw(":");
        self.text(value);
        self.follows = true;
    }

    fn separate(&mut self) {
        if self.follows {
            self.raw(",");
        }
    }
}
