//! Composite requests, put together from typed parts.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{MAX_PARTS, MAX_QUERIES, Part};
use crate::catalogue::{self, Call};
use crate::client::{Client, DataCall};
use crate::error::{Error, NotSent};
use crate::fields::{Fields, WriteOptions};
use crate::id::SalesforceId;
use crate::names::{Field, Object};
use crate::record::{ExternalKey, field_list};
use crate::soql::Soql;

/// Name of a part, for its answer and for references to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference(&'static str);

impl Reference {
    /// A name known when the program is written.
    ///
    /// # Panics
    /// When the name is not letters, digits and `_` beginning with a letter; in a constant that is a compile error.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        assert!(is_reference(name.as_bytes()), "no name of a part");
        Self(name)
    }

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// What Salesforce replaces by the id in the part's answer. References are case-sensitive: `id` after writes.
    pub(crate) fn created_id(self) -> String {
        format!("@{{{}.id}}", self.0)
    }
}

const fn is_reference(mut name: &[u8]) -> bool {
    let mut at_start = true;
    while let [byte, rest @ ..] = name {
        if !(byte.is_ascii_alphabetic() || (!at_start && (byte.is_ascii_digit() || *byte == b'_'))) {
            return false;
        }
        at_start = false;
        name = rest;
    }
    !at_start
}

/// Which record a part is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The record of this id.
    Id(SalesforceId),
    /// The record that an earlier part creates or upserts.
    Created(Reference),
}

impl From<&SalesforceId> for Target {
    fn from(id: &SalesforceId) -> Self {
        Self::Id(id.clone())
    }
}

impl From<Reference> for Target {
    fn from(part: Reference) -> Self {
        Self::Created(part)
    }
}

/// A composite request: up to 25 calls in order, among them up to 5 queries, as one counted call.
#[derive(Clone, Debug)]
pub struct Composite {
    pub(super) all_or_none: bool,
    pub(super) parts: Vec<Planned>,
}

/// A part that is not yet written down.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) reference: Reference,
    pub(super) object: &'static str,
    call: &'static Call,
    segments: Vec<String>,
    target: Option<Reference>,
    param: Option<(&'static str, String)>,
    headers: Vec<(&'static str, String)>,
    fields: Option<Fields>,
    key: Option<Field>,
}

impl Composite {
    /// The parts are one transaction: one failure undoes all.
    #[must_use]
    pub fn all_or_none() -> Self {
        Self { all_or_none: true, parts: Vec::new() }
    }

    /// Each part stands for itself; one that refers to a failed one fails as well.
    #[must_use]
    pub fn independent() -> Self {
        Self { all_or_none: false, parts: Vec::new() }
    }

    /// Adds a part that creates a record.
    #[must_use]
    pub fn create(self, reference: Reference, object: Object, fields: Fields) -> Self {
        self.add(Planned::new(reference, object, &catalogue::CREATE).fields(fields, None))
    }

    /// Adds a part that changes fields of a record.
    #[must_use]
    pub fn update(
        self,
        reference: Reference,
        object: Object,
        target: impl Into<Target>,
        fields: Fields,
    ) -> Self {
        let part = Planned::new(reference, object, &catalogue::UPDATE).target(target.into());
        self.add(part.fields(fields, None))
    }

    /// Adds a part that creates the record with this key, or updates it.
    #[must_use]
    pub fn upsert(self, reference: Reference, object: Object, key: &ExternalKey, fields: Fields) -> Self {
        let part = Planned::new(reference, object, &catalogue::UPSERT).key(key);
        self.add(part.fields(fields, Some(key.field())))
    }

    /// Adds a part that deletes a record.
    #[must_use]
    pub fn delete(self, reference: Reference, object: Object, target: impl Into<Target>) -> Self {
        self.add(Planned::new(reference, object, &catalogue::DELETE).target(target.into()))
    }

    /// Adds a part that reads a record, with these fields, or all where there are none.
    #[must_use]
    pub fn get(
        self,
        reference: Reference,
        object: Object,
        target: impl Into<Target>,
        fields: &[Field],
    ) -> Self {
        let mut part = Planned::new(reference, object, &catalogue::GET).target(target.into());
        part.param = (!fields.is_empty()).then(|| ("fields", field_list(fields)));
        self.add(part)
    }

    /// Adds a part that runs a query and gives its first page.
    #[must_use]
    pub fn query(self, reference: Reference, soql: &Soql) -> Self {
        let mut part = Planned::new(reference, soql.object, &catalogue::QUERY);
        part.segments.clear();
        part.param = Some(("q", soql.as_str().to_owned()));
        self.add(part)
    }

    /// Sets the options of the part added last.
    #[must_use]
    pub fn options(mut self, options: WriteOptions) -> Self {
        if let Some(part) = self.parts.last_mut() {
            part.headers = options.headers();
        }
        self
    }

    fn add(mut self, part: Planned) -> Self {
        self.parts.push(part);
        self
    }

    /// Writes the parts down, or names what Salesforce would refuse or misread.
    pub(super) fn written(&self, client: &Client) -> Result<Vec<Part>, Error> {
        let refuse = |what| Err(Error::NotSent(NotSent::InvalidInput(what)));
        if self.parts.is_empty() || self.parts.len() > MAX_PARTS {
            return refuse("number of parts");
        }
        if self.parts.iter().filter(|part| part.call == &catalogue::QUERY).count() > MAX_QUERIES {
            return refuse("number of queries");
        }
        let mut earlier = BTreeSet::new();
        for part in &self.parts {
            if !part.references().all(|reference| earlier.contains(&reference)) {
                return refuse("reference to a part that does not come before");
            }
            if !earlier.insert(part.reference) {
                return refuse("two parts of one name");
            }
        }
        self.parts.iter().map(|part| part.written(client)).collect()
    }
}

impl Planned {
    fn new(reference: Reference, object: Object, call: &'static Call) -> Self {
        Self {
            reference,
            object: object.name(),
            call,
            segments: vec![object.name().to_owned()],
            target: None,
            param: None,
            headers: Vec::new(),
            fields: None,
            key: None,
        }
    }

    fn target(mut self, target: Target) -> Self {
        match target {
            Target::Id(id) => self.segments.push(id.to_string()),
            Target::Created(part) => {
                self.segments.push(part.created_id());
                self.target = Some(part);
            }
        }
        self
    }

    fn key(mut self, key: &ExternalKey) -> Self {
        self.segments.extend([key.field().name().to_owned(), key.value().to_owned()]);
        self
    }

    fn fields(mut self, fields: Fields, key: Option<Field>) -> Self {
        self.fields = Some(fields);
        self.key = key;
        self
    }

    /// The parts this one needs.
    pub(super) fn references(&self) -> impl Iterator<Item = Reference> {
        self.target.into_iter().chain(self.fields.iter().flat_map(Fields::references))
    }

    fn written(&self, client: &Client) -> Result<Part, Error> {
        let reference_in = |text: &String| text.contains("@{");
        let foreign = self.segments.iter().filter(|text| reference_in(text)).count();
        if foreign > usize::from(self.target.is_some())
            || self.param.iter().any(|(_, value)| reference_in(value))
        {
            return Err(Error::NotSent(NotSent::InvalidInput("address of a part")));
        }
        let mut call = DataCall::new(self.object, self.call);
        for segment in &self.segments {
            call = call.segment(segment);
        }
        if let Some((name, value)) = &self.param {
            call = call.param(name, value);
        }
        let mut url = client.relative_url(&call);
        if let Some(part) = self.target {
            // A reference must stand in the address as it is.
            let encoded = format!("%40%7B{}.id%7D", part.name());
            url = url.replace(&encoded, &part.created_id());
        }
        let body = match &self.fields {
            None => None,
            Some(fields) => {
                fields.check_addressed_by(self.key)?;
                Some(fields.in_composite()?)
            }
        };
        let headers: Map<String, Value> =
            self.headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
        Ok(Part {
            method: self.call.method,
            url,
            reference_id: self.reference.name(),
            http_headers: (!headers.is_empty()).then_some(headers),
            body,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_parts_are_identifiers() {
        for name in ["a", "acc_1", "NewAccount"] {
            assert!(is_reference(name.as_bytes()), "{name}");
        }
        for name in ["", "1a", "_a", "a-b", "a.b", "a}", "é"] {
            assert!(!is_reference(name.as_bytes()), "{name}");
        }
    }
}
