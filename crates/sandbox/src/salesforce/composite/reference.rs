//! `@{ref.id}`, `@{ref.records[0].Id}`: values from the answers of earlier calls.

use std::collections::HashMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::salesforce::error::RestError;

/// What stays as it is when a value is put into a url.
const IN_URL: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The answers so far, by reference id.
pub struct Known {
    bodies: HashMap<String, Value>,
    /// A reference to null is an error, as it was before v52.
    null_fails: bool,
}

impl Known {
    pub fn new(null_fails: bool) -> Self {
        Self { bodies: HashMap::new(), null_fails }
    }

    pub fn learn(&mut self, reference: &str, body: Value) {
        self.bodies.insert(reference.to_owned(), body);
    }

    /// The value that the inside of `@{…}` names; names are case-sensitive.
    fn look_up(&self, path: &str) -> Result<Value, RestError> {
        let end = path.find(['.', '[']).unwrap_or(path.len());
        let (reference, rest) = path.split_at(end);
        let mut at = self.bodies.get(reference);
        for step in rest.split(['.', '[', ']']).filter(|step| !step.is_empty()) {
            at = at.and_then(|value| match value {
                Value::Array(items) => step.parse::<usize>().ok().and_then(|index| items.get(index)),
                other => other.get(step),
            });
        }
        match at {
            Some(Value::Null) if self.null_fails => Err(halted(path, reference)),
            Some(value) => Ok(value.clone()),
            None => Err(halted(path, reference)),
        }
    }
}

fn halted(path: &str, reference: &str) -> RestError {
    let message = format!(
        "Invalid reference specified. No value for {path} found in {reference}. Provided referenceId ('{path}') must \
         start with a letter or a number, and it can contain only letters, numbers and underscores ('_')."
    );
    RestError::new(400, "PROCESSING_HALTED", message)
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Puts values into a text.
fn filled(text: &str, known: &Known, print: fn(&Value) -> String) -> Result<String, RestError> {
    let mut rest = text;
    let mut done = String::with_capacity(text.len());
    while let Some((before, after)) = rest.split_once("@{") {
        let Some((path, tail)) = after.split_once('}') else { break };
        done.push_str(before);
        done.push_str(&print(&known.look_up(path)?));
        rest = tail;
    }
    done.push_str(rest);
    Ok(done)
}

/// A url with its references filled in, percent-encoded.
pub fn resolved_text(url: &str, known: &Known) -> Result<String, RestError> {
    filled(url, known, |value| utf8_percent_encode(&plain(value), IN_URL).to_string())
}

/// A body with its references filled in. A string that is nothing but a reference takes the value's type.
pub fn resolved(body: &Value, known: &Known) -> Result<Value, RestError> {
    Ok(match body {
        Value::String(text) => {
            let whole = text.strip_prefix("@{").and_then(|path| path.strip_suffix('}'));
            match whole.filter(|path| !path.contains(['{', '}'])) {
                Some(path) => known.look_up(path)?,
                None => Value::String(filled(text, known, plain)?),
            }
        }
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| resolved(item, known)).collect::<Result<_, _>>()?)
        }
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, member)| Ok((name.clone(), resolved(member, known)?)))
                .collect::<Result<_, RestError>>()?,
        ),
        other => other.clone(),
    })
}
