//! A parser for the part of SOQL in use: `SELECT COUNT()|fields FROM object [WHERE field (=|!=|IN) value [AND …]] [LIMIT n]`.
//! Knows nothing of records; [`super::query`] evaluates.

/// A parsed statement.
#[derive(Debug, PartialEq, Eq)]
pub struct Query {
    pub select: Select,
    pub from: String,
    pub conditions: Vec<Condition>,
    pub limit: Option<usize>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Select {
    Count,
    /// Field paths with their byte offsets, for error messages.
    Fields(Vec<(String, usize)>),
}

#[derive(Debug, PartialEq, Eq)]
pub struct Condition {
    /// `IsClosed` or `Account.WHMCS_Client_Id__c`.
    pub path: String,
    pub at: usize,
    pub negated: bool,
    pub values: Vec<Literal>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    Text(String),
    Boolean(bool),
    Null,
    /// Numbers and dates, as written.
    Bare(String),
}

/// Why a statement is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum SoqlError {
    Empty,
    Unexpected(String),
    /// The statement ends too early or a text literal never does.
    Unfinished,
    /// A backslash before something that cannot be escaped.
    Escape,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Symbol(&'static str),
}

impl Token {
    fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(text) if text.eq_ignore_ascii_case(word))
    }

    fn shown(&self) -> String {
        match self {
            Self::Word(text) => text.clone(),
            Self::Text(text) => format!("'{text}'"),
            Self::Symbol(symbol) => (*symbol).to_owned(),
        }
    }
}

/// Splits a statement into tokens with their byte offsets.
fn tokens(statement: &str) -> Result<Vec<(Token, usize)>, SoqlError> {
    let mut found = Vec::new();
    let mut rest = statement.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let token = match c {
            c if c.is_whitespace() => continue,
            '(' => Token::Symbol("("),
            ')' => Token::Symbol(")"),
            ',' => Token::Symbol(","),
            '=' => Token::Symbol("="),
            '!' | '<' => match (c, rest.next_if(|(_, next)| matches!(next, '=' | '>'))) {
                ('!', Some((_, '='))) | ('<', Some((_, '>'))) => Token::Symbol("!="),
                _ => return Err(SoqlError::Unexpected(c.to_string())),
            },
            '\'' => Token::Text(text(&mut rest)?),
            c if word_char(c) => {
                let mut word = String::from(c);
                while let Some((_, next)) = rest.next_if(|(_, next)| word_char(*next)) {
                    word.push(next);
                }
                Token::Word(word)
            }
            other => return Err(SoqlError::Unexpected(other.to_string())),
        };
        found.push((token, at));
    }
    Ok(found)
}

fn word_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '+' | ':')
}

/// A text literal after its opening quote. A backslash before anything but the listed characters is an error.
fn text(rest: &mut std::iter::Peekable<std::str::CharIndices<'_>>) -> Result<String, SoqlError> {
    let mut value = String::new();
    loop {
        match rest.next().ok_or(SoqlError::Unfinished)?.1 {
            '\'' => return Ok(value),
            '\\' => value.push(match rest.next().ok_or(SoqlError::Unfinished)?.1 {
                'n' | 'N' => '\n',
                'r' | 'R' => '\r',
                't' | 'T' => '\t',
                'b' | 'B' => '\u{8}',
                'f' | 'F' => '\u{c}',
                escaped @ ('"' | '\'' | '\\') => escaped,
                'u' => {
                    let hex: String = rest.by_ref().take(4).map(|(_, c)| c).collect();
                    let code = (hex.len() == 4).then(|| u32::from_str_radix(&hex, 16).ok()).flatten();
                    code.and_then(char::from_u32).ok_or(SoqlError::Escape)?
                }
                _ => return Err(SoqlError::Escape),
            }),
            c => value.push(c),
        }
    }
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<(Token, usize)>>,
}

impl Parser {
    fn next(&mut self) -> Result<(Token, usize), SoqlError> {
        self.tokens.next().ok_or(SoqlError::Unfinished)
    }

    fn keyword(&mut self, word: &str) -> Result<(), SoqlError> {
        let (token, _) = self.next()?;
        if token.is_word(word) { Ok(()) } else { Err(SoqlError::Unexpected(token.shown())) }
    }

    fn symbol(&mut self, symbol: &'static str) -> Result<(), SoqlError> {
        let (token, _) = self.next()?;
        if token == Token::Symbol(symbol) { Ok(()) } else { Err(SoqlError::Unexpected(token.shown())) }
    }

    fn word(&mut self) -> Result<(String, usize), SoqlError> {
        match self.next()? {
            (Token::Word(word), at) => Ok((word, at)),
            (other, _) => Err(SoqlError::Unexpected(other.shown())),
        }
    }

    fn takes_word(&mut self, word: &str) -> bool {
        self.tokens.next_if(|(token, _)| token.is_word(word)).is_some()
    }

    fn takes_symbol(&mut self, symbol: &'static str) -> bool {
        self.tokens.next_if(|(token, _)| *token == Token::Symbol(symbol)).is_some()
    }

    fn select(&mut self) -> Result<Select, SoqlError> {
        let first = self.word()?;
        if first.0.eq_ignore_ascii_case("COUNT") && self.takes_symbol("(") {
            self.symbol(")")?;
            return Ok(Select::Count);
        }
        let mut fields = vec![first];
        while self.takes_symbol(",") {
            fields.push(self.word()?);
        }
        Ok(Select::Fields(fields))
    }

    fn condition(&mut self) -> Result<Condition, SoqlError> {
        let (path, at) = self.word()?;
        let (operator, _) = self.next()?;
        let (negated, list) = match &operator {
            Token::Symbol("=") => (false, false),
            Token::Symbol("!=") => (true, false),
            word if word.is_word("IN") => (false, true),
            word if word.is_word("NOT") => {
                self.keyword("IN")?;
                (true, true)
            }
            other => return Err(SoqlError::Unexpected(other.shown())),
        };
        if !list {
            return Ok(Condition { path, at, negated, values: vec![self.literal()?] });
        }
        self.symbol("(")?;
        let mut values = vec![self.literal()?];
        while self.takes_symbol(",") {
            values.push(self.literal()?);
        }
        self.symbol(")")?;
        Ok(Condition { path, at, negated, values })
    }

    fn literal(&mut self) -> Result<Literal, SoqlError> {
        Ok(match self.next()? {
            (Token::Text(text), _) => Literal::Text(text),
            (token @ Token::Word(_), _) if token.is_word("TRUE") => Literal::Boolean(true),
            (token @ Token::Word(_), _) if token.is_word("FALSE") => Literal::Boolean(false),
            (token @ Token::Word(_), _) if token.is_word("NULL") => Literal::Null,
            (Token::Word(word), _) if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
                Literal::Bare(word)
            }
            (other, _) => return Err(SoqlError::Unexpected(other.shown())),
        })
    }
}

/// Parses a whole statement.
pub fn parse(statement: &str) -> Result<Query, SoqlError> {
    let tokens = tokens(statement)?;
    if tokens.is_empty() {
        return Err(SoqlError::Empty);
    }
    let mut parser = Parser { tokens: tokens.into_iter().peekable() };
    parser.keyword("SELECT")?;
    let select = parser.select()?;
    parser.keyword("FROM")?;
    let (from, _) = parser.word()?;
    let mut conditions = Vec::new();
    if parser.takes_word("WHERE") {
        conditions.push(parser.condition()?);
        while parser.takes_word("AND") {
            conditions.push(parser.condition()?);
        }
    }
    let limit = if parser.takes_word("LIMIT") {
        let (number, _) = parser.word()?;
        Some(number.parse().map_err(|_| SoqlError::Unexpected(number))?)
    } else {
        None
    };
    match parser.tokens.next() {
        Some((token, _)) => Err(SoqlError::Unexpected(token.shown())),
        None => Ok(Query { select, from, conditions, limit }),
    }
}

#[cfg(test)]
mod tests {
    use super::{Literal, Select, SoqlError, parse};

    #[test]
    fn a_count_with_conditions_is_parsed() {
        let query = parse(
            "select COUNT() FROM Case WHERE Account.WHMCS_Client_Id__c = '4\\'2' AND IsClosed=false \
             AND Status NOT IN ('New','\\u0041') LIMIT 5",
        )
        .unwrap();
        assert_eq!(query.select, Select::Count);
        assert_eq!(query.from, "Case");
        assert_eq!(query.limit, Some(5));
        let values: Vec<_> =
            query.conditions.iter().map(|c| (c.path.as_str(), c.negated, c.values.clone())).collect();
        assert_eq!(
            values,
            [
                ("Account.WHMCS_Client_Id__c", false, vec![Literal::Text("4'2".into())]),
                ("IsClosed", false, vec![Literal::Boolean(false)]),
                ("Status", true, vec![Literal::Text("New".into()), Literal::Text("A".into())]),
            ]
        );
    }

    #[test]
    fn wrong_statements_are_refused() {
        let refused = |statement: &str| parse(statement).unwrap_err();
        assert_eq!(refused("  "), SoqlError::Empty);
        assert_eq!(refused("SELEKT Name FROM Account"), SoqlError::Unexpected("SELEKT".into()));
        assert_eq!(refused("SELECT Id FROM Case WHERE Subject = 'a"), SoqlError::Unfinished);
        assert_eq!(refused("SELECT Id FROM Case WHERE Subject = '\\x'"), SoqlError::Escape);
        assert_eq!(
            refused("SELECT Id FROM Case WHERE Id = '1' OR Id = '2'"),
            SoqlError::Unexpected("OR".into())
        );
    }
}
