//! Characters to tokens.

use super::SoqlError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// Name, keyword, number, date or date literal.
    Word(String),
    /// What stands between the quotes, escapes untouched.
    Text(String),
    Comma,
    Open,
    Close,
    Operator(&'static str),
    /// A character that begins nothing.
    Stray(char),
}

impl Token {
    /// As it is named in an error.
    pub fn shown(&self) -> String {
        match self {
            Self::Word(word) => word.clone(),
            Self::Text(raw) => format!("'{raw}'"),
            Self::Comma => ",".to_owned(),
            Self::Open => "(".to_owned(),
            Self::Close => ")".to_owned(),
            Self::Operator(operator) => (*operator).to_owned(),
            Self::Stray(character) => character.to_string(),
        }
    }
}

/// The tokens and the character offsets at which they begin.
pub fn tokens(statement: &str) -> Result<Vec<(Token, usize)>, SoqlError> {
    let mut rest = statement.chars().enumerate().peekable();
    let mut found = Vec::new();
    while let Some((at, character)) = rest.next() {
        let token = match character {
            space if space.is_whitespace() => continue,
            ',' => Token::Comma,
            '(' => Token::Open,
            ')' => Token::Close,
            '=' => Token::Operator("="),
            '!' if rest.next_if(|(_, next)| *next == '=').is_some() => Token::Operator("!="),
            '<' if rest.next_if(|(_, next)| *next == '=').is_some() => Token::Operator("<="),
            '<' if rest.next_if(|(_, next)| *next == '>').is_some() => Token::Operator("!="),
            '>' if rest.next_if(|(_, next)| *next == '=').is_some() => Token::Operator(">="),
            '<' => Token::Operator("<"),
            '>' => Token::Operator(">"),
            '\'' => {
                let mut raw = String::new();
                loop {
                    match rest.next() {
                        None => return Err(SoqlError::Text),
                        Some((_, '\'')) => break,
                        Some((_, '\\')) => {
                            raw.push('\\');
                            raw.push(rest.next().ok_or(SoqlError::Text)?.1);
                        }
                        Some((_, plain)) => raw.push(plain),
                    }
                }
                Token::Text(raw)
            }
            first if belongs(first) => {
                let mut word = String::from(first);
                while let Some((_, next)) = rest.next_if(|(_, next)| belongs(*next)) {
                    word.push(next);
                }
                Token::Word(word)
            }
            other => Token::Stray(other),
        };
        found.push((token, at));
    }
    Ok(found)
}

/// Whether a character may stand in a name, number or date.
fn belongs(character: char) -> bool {
    character.is_ascii_alphanumeric() || ['_', '.', '-', '+', ':'].contains(&character)
}
