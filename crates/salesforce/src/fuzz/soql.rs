//! Hostile values stay inside their string literals: the query round them is the same as round harmless ones. The
//! reader here knows nothing of the writer; it follows the reference's grammar.

use bolero::check;

use super::TIME;
use crate::soql::{
    Condition, Direction, Field, Keyset, Object, Operator, Position, Query, QueryError, Value,
};

const SUBJECT: Field = Field::new("Subject");
const NAME: Field = Field::new("Account.Name");

/// A literal's characters; wildcards of a pattern are `None`.
type Content = Vec<Option<char>>;

/// Reads the literal whose opening quote was read. Gives its content and the text after it.
fn literal(text: &str, is_pattern: bool) -> (Content, &str) {
    let mut characters = text.chars();
    let mut content = Vec::new();
    loop {
        let read = match characters.next().expect("a closing quote") {
            '\'' => return (content, characters.as_str()),
            '\\' => match characters.next().expect("a whole escape") {
                'n' | 'N' => Some('\n'),
                'r' | 'R' => Some('\r'),
                't' | 'T' => Some('\t'),
                'b' | 'B' => Some('\u{8}'),
                'f' | 'F' => Some('\u{c}'),
                plain @ ('"' | '\'' | '\\') => Some(plain),
                plain @ ('%' | '_') if is_pattern => Some(plain),
                other => panic!("invalid escape {other:?}"),
            },
            '%' | '_' if is_pattern => None,
            plain => Some(plain),
        };
        content.push(read);
    }
}

/// The query with `?` for each literal, and the literals.
fn read(soql: &str) -> (String, Vec<Content>) {
    let (mut skeleton, mut literals) = (String::new(), Vec::new());
    let mut rest = soql;
    while let Some((before, after)) = rest.split_once('\'') {
        skeleton.push_str(before);
        let (content, left) = literal(after, before.ends_with("LIKE "));
        skeleton.push('?');
        literals.push(content);
        rest = left;
    }
    skeleton.push_str(rest);
    (skeleton, literals)
}

/// Text made of what attacks are made of, chosen by the bytes.
fn hostile(input: &[u8]) -> String {
    const PIECES: [&str; 16] = [
        "'",
        "\\",
        "\\'",
        "\"",
        "%",
        "_",
        "\n",
        "\r",
        "\t",
        "\u{8}",
        "\u{c}",
        " OR Name != '",
        "\\u0027",
        "?",
        "é",
        "😀",
    ];
    let mut text = String::new();
    for (index, byte) in input.iter().enumerate() {
        match PIECES.get(usize::from(*byte)) {
            Some(piece) => text.push_str(piece),
            None if byte.is_ascii() => text.push(char::from(*byte)),
            None => text.extend(char::from_u32(u32::from(*byte) << (index % 12))),
        }
    }
    text
}

fn query(one: &str, other: &str) -> Option<Query> {
    let inner = Query::select(Object::new("Contact"), &[Field::ID])
        .filter(Condition::equal(Field::new("Email"), Value::text(other).ok()?));
    let children = Query::select(Object::new("CaseComments"), &[Field::ID])
        .filter(Condition::contains(Field::new("CommentBody"), one).ok()?);
    let found = Query::select(Object::new("Case"), &[Field::ID, SUBJECT])
        .children(children)
        .filter(Condition::is_in_select(Field::new("ContactId"), inner))
        .filter(
            Condition::compare(SUBJECT, Operator::NotEqual, Value::text(one).ok()?)
                .or(Condition::starts_with(NAME, other).ok()?.not())
                .and(Condition::is_in(NAME, [Value::text(one).ok()?, Value::text(other).ok()?])),
        );
    let position = Position {
        time: chrono::DateTime::from_timestamp(1_793_527_200, 0)?,
        id: "5003000000D8cuIAAR".parse().ok()?,
    };
    Some(Keyset::new(Field::new("CreatedDate"), Direction::Descending).page(found, Some(&position), 25))
}

#[test]
fn soql() {
    let harmless = query("a", "b").unwrap().build().unwrap();
    let (skeleton, _) = read(harmless.as_str());
    let plain = |text: &str| text.chars().map(Some).collect::<Content>();
    let between = |before: bool, text: &str, after: bool| {
        let wildcard = |is_there: bool| is_there.then_some(None);
        wildcard(before).into_iter().chain(plain(text)).chain(wildcard(after)).collect::<Content>()
    };
    check!(name = "soql").with_test_time(TIME).for_each(|input: &[u8]| {
        let (first, second) = input.split_at(input.len() / 2);
        let (one, other) = (hostile(first), hostile(second));
        let Some(query) = query(&one, &other) else {
            assert!(one.contains('\0') || other.contains('\0') || one.len().max(other.len()) > 1_000);
            return;
        };
        let soql = match query.build() {
            Ok(soql) => soql,
            Err(error) => return assert_eq!(error, QueryError::TooLong),
        };
        let (found, literals) = read(soql.as_str());
        assert_eq!(found, skeleton);
        let expected = [
            between(true, &one, true),
            plain(&other),
            plain(&one),
            between(false, &other, true),
            plain(&one),
            plain(&other),
            plain("5003000000D8cuIAAR"),
        ];
        assert_eq!(literals, expected);
    });
}
