//! Readers of foreign input never panic, and agree with their printers. Kept inputs: `__fuzz__/<name>/corpus` beside this file.

use std::time::Duration;

use bolero::check;

use super::multipart;
use super::rest::read_body;
use super::soql::parse;

/// Kept inputs first, then random ones for this long.
const TIME: Duration = Duration::from_millis(700);

/// Pieces of statements, so that random bytes make statements that go deep.
const WORDS: [&str; 44] = [
    "SELECT",
    "FROM",
    "WHERE",
    "AND",
    "OR",
    "NOT",
    "IN",
    "LIKE",
    "ORDER BY",
    "GROUP BY",
    "LIMIT",
    "OFFSET",
    "NULLS LAST",
    "DESC",
    "COUNT()",
    "COUNT(Id) n",
    "Id",
    "Account.Name",
    "Subject",
    "Case",
    "(",
    ")",
    ",",
    "=",
    "!=",
    "<",
    ">=",
    "'x'",
    "'%\\_%'",
    "'\\'",
    "'\\u0041'",
    "null",
    "TRUE",
    "5",
    "-1.5",
    "2024-01-02",
    "2024-01-02T03:04:05Z",
    "TODAY",
    "LAST_N_DAYS:7",
    "(SELECT Id FROM Contacts)",
    "c",
    "\n",
    "\\",
    "\u{e9}",
];

fn statement(input: &[u8]) -> String {
    input
        .iter()
        .map(|byte| match usize::from(*byte) {
            index if index < WORDS.len() => WORDS[index].to_owned() + " ",
            index if index < 2 * WORDS.len() => WORDS[index - WORDS.len()].to_owned() + " ",
            _ => char::from(*byte).to_string(),
        })
        .collect()
}

/// What is printed reads back, and is printed the same again.
fn round_trip(text: &str) {
    if let Ok(query) = parse(text) {
        let printed = query.to_string();
        let again = parse(&printed).unwrap_or_else(|error| panic!("{printed}: {error:?}"));
        assert_eq!(again.to_string(), printed, "{text}");
    }
}

#[test]
fn soql_text_is_read_or_refused() {
    check!(name = "soql_text")
        .with_test_time(TIME)
        .for_each(|input| round_trip(&String::from_utf8_lossy(input)));
}

#[test]
fn soql_words_are_read_or_refused() {
    check!(name = "soql_words").with_test_time(TIME).for_each(|input| round_trip(&statement(input)));
}

#[test]
fn multipart_bodies_are_read_or_refused() {
    check!(name = "multipart").with_test_time(TIME).for_each(|input: &[u8]| {
        for boundary in ["b", "--", "x y"] {
            let parts = multipart::parts(input, boundary).unwrap_or_default();
            let whole: usize = parts.iter().map(|part| part.content.len()).sum();
            assert!(whole <= input.len());
        }
        let head = String::from_utf8_lossy(input);
        if let Some(boundary) = multipart::boundary(&head) {
            assert!((1..=70).contains(&boundary.len()));
        }
    });
}

#[test]
fn uploads_of_any_bytes_arrive_whole() {
    check!(name = "uploads").with_test_time(TIME).for_each(|input: &[u8]| {
        let boundary = "a-boundary-that-random-bytes-do-not-hold";
        let mut body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"VersionData\"; filename=\"a\"\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(input);
        body.extend_from_slice(
            format!("\r\n--{boundary}\r\nContent-Type: application/json\r\n\r\n{{}}\r\n--{boundary}--")
                .as_bytes(),
        );
        let parts = multipart::parts(&body, boundary).unwrap();
        assert_eq!((parts.len(), parts[0].content), (2, input));
        assert!(parts[1].json);
    });
}

#[test]
fn rest_bodies_are_read_or_refused() {
    check!(name = "rest_body").with_test_time(TIME).for_each(|input: &[u8]| {
        for kind in ["application/json", "multipart/form-data; boundary=b"] {
            // Either a value or a refusal; what it holds is checked against the schema later.
            let _ = read_body(kind, input);
        }
    });
}
