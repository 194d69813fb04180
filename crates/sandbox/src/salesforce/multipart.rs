//! `multipart/form-data` uploads: one JSON part, one binary part, in any order and under any name.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Longest boundary, as RFC 2046 section 5.1.1 has it.
const MAX_BOUNDARY: usize = 70;

/// The boundary of a multipart content type.
pub fn boundary(content_type: &str) -> Option<String> {
    let mut parts = content_type.split(';');
    if !parts.next()?.trim().to_ascii_lowercase().starts_with("multipart/") {
        return None;
    }
    parts
        .filter_map(|part| part.trim().split_once('='))
        .find(|(name, _)| name.eq_ignore_ascii_case("boundary"))
        .map(|(_, value)| value.trim_matches('"').to_owned())
        .filter(|value| !value.is_empty() && value.len() <= MAX_BOUNDARY)
}

/// One part.
#[derive(Debug, PartialEq, Eq)]
pub struct Part<'a> {
    pub name: String,
    pub json: bool,
    pub content: &'a [u8],
}

/// The parts of a body; `None` when it is not well-formed.
pub fn parts<'a>(body: &'a [u8], boundary: &str) -> Option<Vec<Part<'a>>> {
    let marker = format!("--{boundary}");
    let delimiter = format!("\r\n{marker}");
    let start = if body.starts_with(marker.as_bytes()) { 0 } else { find(body, delimiter.as_bytes())? + 2 };
    let mut rest = body.get(start + marker.len()..)?;
    let mut found = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Some(found);
        }
        let line = find(rest, b"\r\n")?;
        let padding = rest.get(..line)?;
        if !padding.iter().all(|byte| [b' ', b'\t'].contains(byte)) {
            return None;
        }
        // From the line break on, so that a part without headers is seen too.
        rest = rest.get(line..)?;
        let head_end = find(rest, b"\r\n\r\n")?;
        let head = std::str::from_utf8(rest.get(..head_end)?).ok()?;
        rest = rest.get(head_end + 2..)?;
        let end = find(rest, delimiter.as_bytes())?;
        let content = rest.get(2..end.max(2))?;
        found.push(part(head, content));
        rest = rest.get(end + delimiter.len()..)?;
    }
}

fn part<'a>(head: &str, content: &'a [u8]) -> Part<'a> {
    let header = |wanted: &str| {
        head.lines().filter_map(|line| line.split_once(':')).find_map(|(name, value)| {
            name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
        })
    };
    let disposition = header("Content-Disposition").unwrap_or_default();
    let name = disposition
        .split(';')
        .filter_map(|parameter| parameter.trim().split_once('='))
        .find(|(key, _)| key.eq_ignore_ascii_case("name"))
        .map(|(_, value)| value.trim_matches('"').to_owned());
    let json =
        header("Content-Type").is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/json"));
    Part { name: name.unwrap_or_default(), json, content }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// The record that the JSON part describes, with the other part as the field of its name.
pub fn record(body: &[u8], boundary: &str) -> Option<Value> {
    let parts = parts(body, boundary)?;
    let described = parts.iter().find(|part| part.json)?;
    let mut record: Value = serde_json::from_slice(described.content).ok()?;
    let members = record.as_object_mut()?;
    if let Some(file) = parts.iter().find(|part| !part.json) {
        members.insert(file.name.clone(), json!(STANDARD.encode(file.content)));
    }
    Some(record)
}
