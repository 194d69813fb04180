//! Tokens to a statement, by recursive descent: SELECT FROM WHERE GROUP BY ORDER BY LIMIT OFFSET.

use super::lexer::{Token, tokens};
use super::literal::{bare, pattern, text};
use super::{Condition, Function, Item, Literal, Name, Operator, Order, Query, SoqlError};

/// Longest statement, in characters.
const MAX_STATEMENT: usize = 100_000;
/// How deep parentheses may go.
const MAX_DEPTH: usize = 50;
const MAX_CHILDREN: usize = 20;
const MAX_JOINS: usize = 2;

/// Words that cannot name a field.
const RESERVED: [&str; 12] =
    ["SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "NULL", "TRUE", "FALSE", "HAVING"];
/// Words that may follow the object and are therefore no alias.
const AFTER_FROM: [&str; 6] = ["WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET"];

/// Reads a statement.
pub fn parse(statement: &str) -> Result<Query, SoqlError> {
    let mut parser = Parser::new(statement)?;
    let query = parser.query(Place::Top)?;
    parser.end()?;
    Ok(query)
}

/// Reads the condition of a WHERE clause alone.
pub fn parse_condition(text: &str) -> Result<Condition, SoqlError> {
    let mut parser = Parser::new(text)?;
    let condition = parser.condition()?;
    parser.end()?;
    Ok(condition)
}

/// Where a SELECT stands; it decides what may stand in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    Children,
    Join,
}

struct Parser {
    tokens: std::vec::IntoIter<(Token, usize)>,
    depth: usize,
    joins: usize,
    in_join: bool,
}

fn is(token: &Token, word: &str) -> bool {
    matches!(token, Token::Word(own) if own.eq_ignore_ascii_case(word))
}

impl Parser {
    fn new(statement: &str) -> Result<Self, SoqlError> {
        if statement.trim().is_empty() {
            return Err(SoqlError::Empty);
        }
        if statement.chars().count() > MAX_STATEMENT {
            return Err(SoqlError::Limit("SOQL statements cannot be longer than 100000 characters."));
        }
        Ok(Self { tokens: tokens(statement)?.into_iter(), depth: 0, joins: 0, in_join: false })
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.as_slice().first().map(|(token, _)| token)
    }

    fn next(&mut self) -> Result<(Token, usize), SoqlError> {
        self.tokens.next().ok_or(SoqlError::Unexpected(None))
    }

    fn unexpected<T>(&self) -> Result<T, SoqlError> {
        Err(SoqlError::Unexpected(self.peek().map(Token::shown)))
    }

    fn take(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        if found {
            self.tokens.next();
        }
        found
    }

    fn expect(&mut self, token: &Token) -> Result<(), SoqlError> {
        if self.take(token) { Ok(()) } else { self.unexpected() }
    }

    fn keyword(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| is(token, word));
        if found {
            self.tokens.next();
        }
        found
    }

    fn expect_keyword(&mut self, word: &str) -> Result<(), SoqlError> {
        if self.keyword(word) { Ok(()) } else { self.unexpected() }
    }

    fn end(&self) -> Result<(), SoqlError> {
        if self.peek().is_none() { Ok(()) } else { self.unexpected() }
    }

    /// One step down; the stack of this process is finite.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, SoqlError>) -> Result<T, SoqlError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(SoqlError::Limit("The query is nested too deeply."));
        }
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn query(&mut self, place: Place) -> Result<Query, SoqlError> {
        self.expect_keyword("SELECT")?;
        let mut select = vec![self.item(place)?];
        while self.take(&Token::Comma) {
            select.push(self.item(place)?);
        }
        if select.iter().filter(|item| matches!(item, Item::Children(_))).count() > MAX_CHILDREN {
            return Err(SoqlError::Limit("The maximum number of relationship queries is 20."));
        }
        let alone = select.len() == 1 && place == Place::Top;
        if !alone && select.iter().any(|item| matches!(item, Item::CountAll)) {
            return Err(SoqlError::Unexpected(Some(")".to_owned())));
        }
        self.expect_keyword("FROM")?;
        let from = self.name()?;
        let alias = match self.peek() {
            Some(Token::Word(word))
                if identifier(word) && !AFTER_FROM.iter().any(|taken| taken.eq_ignore_ascii_case(word)) =>
            {
                Some(self.name()?.text)
            }
            _ => None,
        };
        let filter = if self.keyword("WHERE") { Some(self.condition()?) } else { None };
        let group = if self.clause("GROUP")? { self.list(Self::name)? } else { Vec::new() };
        let order = if self.clause("ORDER")? { self.list(Self::order)? } else { Vec::new() };
        let limit = if self.keyword("LIMIT") { Some(self.number()?) } else { None };
        let offset = if self.keyword("OFFSET") { Some(self.number()?) } else { None };
        Ok(Query { select, from, alias, filter, group, order, limit, offset })
    }

    /// `GROUP BY`, `ORDER BY`
    fn clause(&mut self, word: &str) -> Result<bool, SoqlError> {
        if !self.keyword(word) {
            return Ok(false);
        }
        self.expect_keyword("BY").map(|()| true)
    }

    fn list<T>(&mut self, read: fn(&mut Self) -> Result<T, SoqlError>) -> Result<Vec<T>, SoqlError> {
        let mut items = vec![read(self)?];
        while self.take(&Token::Comma) {
            items.push(read(self)?);
        }
        Ok(items)
    }

    fn item(&mut self, place: Place) -> Result<Item, SoqlError> {
        if place == Place::Top && self.take(&Token::Open) {
            let query = self.deeper(|parser| parser.query(Place::Children))?;
            self.expect(&Token::Close)?;
            return Ok(Item::Children(Box::new(query)));
        }
        let name = self.name()?;
        if !self.take(&Token::Open) {
            return Ok(Item::Field(name));
        }
        let function =
            Function::ALL.into_iter().find(|known| known.keyword().eq_ignore_ascii_case(&name.text));
        let Some(function) = function.filter(|_| place == Place::Top) else {
            return Err(SoqlError::Unexpected(Some("(".to_owned())));
        };
        if function == Function::Count && self.take(&Token::Close) {
            return Ok(Item::CountAll);
        }
        let name = self.name()?;
        self.expect(&Token::Close)?;
        let alias = match self.peek() {
            Some(Token::Word(word)) if !word.eq_ignore_ascii_case("FROM") && identifier(word) => {
                Some(self.name()?.text)
            }
            _ => None,
        };
        Ok(Item::Aggregate { function, name, alias })
    }

    /// A name, dotted or not.
    fn name(&mut self) -> Result<Name, SoqlError> {
        match self.peek() {
            Some(Token::Word(word)) if word.split('.').all(identifier) => {
                let (token, at) = self.next()?;
                Ok(Name { text: token.shown(), at })
            }
            _ => self.unexpected(),
        }
    }

    fn order(&mut self) -> Result<Order, SoqlError> {
        let name = self.name()?;
        let descending = self.keyword("DESC");
        if !descending {
            self.keyword("ASC");
        }
        let nulls_last = if self.keyword("NULLS") {
            let last = self.keyword("LAST");
            if !last {
                self.expect_keyword("FIRST")?;
            }
            last
        } else {
            false
        };
        Ok(Order { name, descending, nulls_last })
    }

    fn number(&mut self) -> Result<u64, SoqlError> {
        let number = match self.peek() {
            Some(Token::Word(word)) if word.bytes().all(|byte| byte.is_ascii_digit()) => word.parse().ok(),
            _ => None,
        };
        match number {
            Some(number) => self.next().map(|_| number),
            None => self.unexpected(),
        }
    }

    /// AND and OR do not mix without parentheses.
    fn condition(&mut self) -> Result<Condition, SoqlError> {
        let first = self.factor()?;
        let word = match self.peek() {
            Some(token) if is(token, "AND") => "AND",
            Some(token) if is(token, "OR") => "OR",
            _ => return Ok(first),
        };
        let mut parts = vec![first];
        while self.keyword(word) {
            parts.push(self.factor()?);
        }
        if self.peek().is_some_and(|token| is(token, "AND") || is(token, "OR")) {
            return self.unexpected();
        }
        if word == "OR" && parts.iter().any(holds_join) {
            return Err(SoqlError::Limit("Semi join sub-selects are not allowed with the 'OR' operator"));
        }
        Ok(if word == "AND" { Condition::And(parts) } else { Condition::Or(parts) })
    }

    fn factor(&mut self) -> Result<Condition, SoqlError> {
        if self.keyword("NOT") {
            return self.deeper(Self::factor).map(|inner| Condition::Not(Box::new(inner)));
        }
        if self.take(&Token::Open) {
            let inner = self.deeper(Self::condition)?;
            return self.expect(&Token::Close).map(|()| inner);
        }
        let name = self.name()?;
        if self.keyword("LIKE") {
            return match self.next()? {
                (Token::Text(raw), _) => Ok(Condition::Like { name, pattern: pattern(&raw)? }),
                (other, _) => Err(SoqlError::Unexpected(Some(other.shown()))),
            };
        }
        let negated = self.keyword("NOT");
        if self.keyword("IN") {
            return self.membership(name, negated);
        }
        let operator = match self.peek() {
            Some(Token::Operator(sign)) if !negated => Operator::of(sign),
            _ => None,
        };
        let Some(operator) = operator else { return self.unexpected() };
        self.next()?;
        Ok(Condition::Compare { name, operator, value: self.literal()? })
    }

    fn membership(&mut self, name: Name, negated: bool) -> Result<Condition, SoqlError> {
        self.expect(&Token::Open)?;
        if !self.peek().is_some_and(|token| is(token, "SELECT")) {
            let values = self.list(Self::literal)?;
            return self.expect(&Token::Close).map(|()| Condition::In { name, negated, values });
        }
        if self.in_join {
            return Err(SoqlError::Limit("Nesting of semi join sub-selects is not supported"));
        }
        self.joins += 1;
        if self.joins > MAX_JOINS {
            return Err(SoqlError::Limit("maximum 2 semi join sub-selects are allowed"));
        }
        self.in_join = true;
        let query = self.deeper(|parser| parser.query(Place::Join))?;
        self.in_join = false;
        self.expect(&Token::Close)?;
        Ok(Condition::Join { name, negated, query: Box::new(query) })
    }

    fn literal(&mut self) -> Result<Literal, SoqlError> {
        let found = match self.peek() {
            Some(Token::Text(raw)) => Some(text(raw).map(Literal::Text)?),
            Some(Token::Word(word)) => bare(word),
            _ => None,
        };
        match found {
            Some(literal) => self.next().map(|_| literal),
            None => self.unexpected(),
        }
    }
}

impl Operator {
    fn of(sign: &str) -> Option<Self> {
        let all =
            [Self::Equal, Self::NotEqual, Self::Less, Self::LessOrEqual, Self::Greater, Self::GreaterOrEqual];
        all.into_iter().find(|operator| operator.sign() == sign)
    }
}

fn holds_join(condition: &Condition) -> bool {
    match condition {
        Condition::Join { .. } => true,
        Condition::And(parts) | Condition::Or(parts) => parts.iter().any(holds_join),
        Condition::Not(inner) => holds_join(inner),
        _ => false,
    }
}

fn identifier(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_alphabetic())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(word))
}
