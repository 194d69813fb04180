//! The multipart writer: whatever name, JSON and file are, a reader by the grammar of RFC 2046 finds exactly the two
//! parts that were meant.

use bolero::check;

use super::TIME;
use crate::multipart::tests::written;

const BOUNDARY: &str = "portal-0123456789abcdef";

/// Splits off what stands before the separator.
fn until<'a>(body: &'a [u8], separator: &str) -> (&'a [u8], &'a [u8]) {
    let separator = separator.as_bytes();
    let at = body.windows(separator.len()).position(|window| window == separator).expect("a separator");
    let (before, rest) = body.split_at(at);
    (before, rest.split_at(separator.len()).1)
}

#[test]
fn multipart() {
    check!(name = "multipart").with_test_time(TIME).for_each(|input: &[u8]| {
        let (name, rest) = input.split_at(input.len() / 3);
        let (json, file) = rest.split_at(rest.len() / 2);
        if input.windows(BOUNDARY.len()).any(|window| window == BOUNDARY.as_bytes()) {
            // Nobody can guess the boundary of a real upload.
            return;
        }
        let name = String::from_utf8_lossy(name);
        let pieces: Vec<&[u8]> = file.chunks(7).collect();
        let length = u64::try_from(file.len()).unwrap();
        let body = written(BOUNDARY, json, &name, length, &pieces).unwrap();
        assert!(written(BOUNDARY, json, &name, length + 1, &pieces).is_err());
        assert!(length == 0 || written(BOUNDARY, json, &name, length - 1, &pieces).is_err());

        let delimiter = format!("\r\n--{BOUNDARY}");
        let (before, body) = until(&body, &delimiter[2..]);
        assert!(before.is_empty());
        let (json_part, body) = until(body, &delimiter);
        let (file_part, end) = until(body, &delimiter);
        assert_eq!(end, b"--\r\n");
        let (head, found) = until(json_part, "\r\n\r\n");
        assert_eq!(std::str::from_utf8(head).unwrap().lines().count(), 3);
        assert_eq!(found, json);
        let (head, found) = until(file_part, "\r\n\r\n");
        assert_eq!(found, file);
        let head = std::str::from_utf8(head).unwrap();
        assert_eq!((head.lines().count(), head.matches('"').count()), (3, 4), "{head}");
        assert!(head.is_ascii());
    });
}
