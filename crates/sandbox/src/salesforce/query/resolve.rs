//! Names in a statement to fields of the schema, and values as things that can be compared.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::ledger::salesforce::{Record, Salesforce};
use crate::salesforce::error::RestError;
use crate::salesforce::print::value_of;
use crate::salesforce::schema::{Field, Kind, Object};
use crate::salesforce::soql::Name;

/// Relationships in one name.
const MAX_LEVELS: usize = 5;

/// What a statement is evaluated against.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    pub store: &'a Salesforce,
    pub statement: &'a str,
    pub now: DateTime<Utc>,
    pub version: &'a str,
    /// `queryAll`: deleted records count.
    pub deleted: bool,
}

/// A field reached over references.
#[derive(Debug)]
pub struct Path<'a> {
    pub references: Vec<&'a Field>,
    pub field: &'a Field,
}

/// A value in the form in which values are compared; nulls come first.
#[derive(Debug, Clone, PartialEq)]
pub enum Key {
    Null,
    Boolean(bool),
    Number(f64),
    Text(String),
}

impl Key {
    pub fn of(field: &Field, value: &Value) -> Self {
        match value {
            Value::Bool(flag) => Self::Boolean(*flag),
            Value::Number(number) => number.as_f64().map_or(Self::Null, Self::Number),
            Value::String(text) => Self::text(field, text),
            _ => Self::Null,
        }
    }

    /// Text is compared without regard to case, unless the field says otherwise; the empty string is null.
    pub fn text(field: &Field, text: &str) -> Self {
        if text.is_empty() {
            Self::Null
        } else if field.kind.textual() && !field.case_sensitive {
            Self::Text(text.to_lowercase())
        } else {
            Self::Text(text.to_owned())
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Boolean(_) => 1,
            Self::Number(_) => 2,
            Self::Text(_) => 3,
        }
    }

    pub fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Boolean(own), Self::Boolean(other)) => own.cmp(other),
            (Self::Number(own), Self::Number(other)) => own.total_cmp(other),
            (Self::Text(own), Self::Text(other)) => own.cmp(other),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl<'a> Scope<'a> {
    /// An error that shows the place in the statement.
    pub fn marked(&self, code: &str, at: usize, message: &str) -> RestError {
        let before: String = self.statement.chars().take(at).collect();
        let row = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count());
        let statement = self.statement;
        let text =
            format!("\n{statement}\n{:column$}^\nERROR at Row:{row}:Column:{}\n{message}", "", column + 1);
        RestError::new(400, code, text)
    }

    pub fn object(&self, name: &Name) -> Result<&'a Object, RestError> {
        self.store.schema.object(&name.text).map(AsRef::as_ref).ok_or_else(|| {
            let message = format!(
                "sObject type '{}' is not supported. If you are attempting to use a custom object, be sure to append \
                 the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate \
                 names.",
                name.text
            );
            self.marked("INVALID_TYPE", name.at, &message)
        })
    }

    /// Follows a name from `object`, which the statement may also call `alias`.
    pub fn path(&self, object: &'a Object, alias: Option<&str>, name: &Name) -> Result<Path<'a>, RestError> {
        let mut steps: Vec<&str> = name.text.split('.').collect();
        // `Account.Name` FROM Account: the object itself, unless a relationship has that name.
        let own = steps.len() > 1
            && steps.first().is_some_and(|first| {
                alias.is_some_and(|alias| alias.eq_ignore_ascii_case(first))
                    || (object.name.eq_ignore_ascii_case(first) && object.relationship(first).is_none())
            });
        if own {
            steps.remove(0);
        }
        let last = steps.pop().unwrap_or_default();
        if steps.len() > MAX_LEVELS {
            return Err(self.marked(
                "INVALID_FIELD",
                name.at,
                "The relationship path exceeds the maximum of 5 levels.",
            ));
        }
        let mut references = Vec::with_capacity(steps.len());
        let mut entity = object;
        for step in steps {
            let reference = entity.relationship(step).ok_or_else(|| {
                let message = format!("Didn't understand relationship '{step}' in field path. If you are attempting to use a \
                    custom relationship, be sure to append the '__r' after the custom relationship name. Please reference \
                    your WSDL or the describe call for the appropriate names.");
                self.marked("INVALID_FIELD", name.at, &message)
            })?;
            let target = reference.targets.first().and_then(|target| self.store.schema.object(target));
            entity = target.ok_or_else(|| self.no_such_column(step, entity, name.at))?;
            references.push(reference);
        }
        let field = entity.field(last).ok_or_else(|| self.no_such_column(last, entity, name.at))?;
        Ok(Path { references, field })
    }

    fn no_such_column(&self, field: &str, entity: &Object, at: usize) -> RestError {
        let message = format!(
            "No such column '{field}' on entity '{}'. If you are attempting to use a custom field, be sure to append \
             the '__c' after the custom field name. Please reference your WSDL or the describe call for the \
             appropriate names.",
            entity.name
        );
        self.marked("INVALID_FIELD", at, &message)
    }

    /// The record that a reference of `record` points to.
    pub fn parent(&self, record: &Record, reference: &Field) -> Option<&'a Record> {
        record.get(reference.name).as_str().and_then(|id| self.store.get(id))
    }

    /// The value at the end of a path, null when a reference on the way is empty.
    pub fn value(&self, record: &'a Record, path: &Path<'_>) -> Value {
        let mut at = record;
        for reference in &path.references {
            match self.parent(at, reference) {
                Some(parent) => at = parent,
                None => return Value::Null,
            }
        }
        value_of(self.store, self.version, at, path.field)
    }

    pub fn key(&self, record: &'a Record, path: &Path<'_>) -> Key {
        Key::of(path.field, &self.value(record, path))
    }

    /// As `key`, but picklists go by their setup order, unlisted values last.
    pub fn sort_key(&self, record: &'a Record, path: &Path<'_>) -> Key {
        let value = self.value(record, path);
        if path.field.kind != Kind::Picklist || path.field.choices.is_empty() {
            return Key::of(path.field, &value);
        }
        let Some(text) = value.as_str() else { return Key::Null };
        let choices = &path.field.choices;
        let place = choices.iter().position(|choice| choice.value == text).unwrap_or(choices.len());
        u32::try_from(place).map_or(Key::Null, |place| Key::Number(f64::from(place)))
    }
}
