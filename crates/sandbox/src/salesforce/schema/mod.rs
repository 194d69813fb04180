//! The objects and fields of the simulated organisation. Data, not code: a test or a scenario adds its own.

mod define;
mod standard;

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

pub use define::ObjectDefinition;

/// The one copy of a name. Names live as long as the process; there are few of them.
pub fn intern(name: &str) -> &'static str {
    static NAMES: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return known;
    }
    let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
    names.insert(name);
    name
}

/// What a field holds. The names on the wire are describe's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Id,
    #[serde(rename = "string")]
    Text,
    /// Long text: no filter, order or group may name it.
    #[serde(rename = "textarea")]
    LongText,
    Email,
    Phone,
    Url,
    Boolean,
    Int,
    Double,
    Date,
    DateTime,
    Picklist,
    Reference,
    #[serde(rename = "base64")]
    Binary,
}

impl Kind {
    /// Compared as text, without regard to case.
    pub fn textual(self) -> bool {
        matches!(self, Self::Text | Self::LongText | Self::Email | Self::Phone | Self::Url | Self::Picklist)
    }

    pub fn identifier(self) -> bool {
        matches!(self, Self::Id | Self::Reference)
    }
}

/// A value of a picklist, in setup order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub value: String,
    #[serde(default)]
    pub label: Option<String>,
    #[serde(default = "yes")]
    pub active: bool,
    #[serde(default)]
    pub default: bool,
    /// For case statuses: whether a case in it counts as closed.
    #[serde(default)]
    pub closed: bool,
}

const fn yes() -> bool {
    true
}

#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of a describe")]
pub struct Field {
    pub name: &'static str,
    pub label: String,
    pub kind: Kind,
    /// Characters, or bytes when `bytes` is set.
    pub length: usize,
    pub bytes: bool,
    pub required: bool,
    pub createable: bool,
    pub updateable: bool,
    /// External id: records may be addressed by it.
    pub external: bool,
    /// Also addressable, though no external id: a case number.
    pub id_lookup: bool,
    pub unique: bool,
    pub case_sensitive: bool,
    pub filterable: bool,
    /// Whether changes are written to the object's history.
    pub tracked: bool,
    /// Only the listed choices are stored.
    pub restricted: bool,
    pub choices: Vec<Choice>,
    /// Objects a reference may point to.
    pub targets: Vec<&'static str>,
    /// Name of the way from child to parent: `Account` for `AccountId`.
    pub relationship: Option<&'static str>,
    /// Name of the way back: `Contacts`.
    pub children: Option<&'static str>,
    /// Shown instead of an own value: a field of the record behind a reference.
    pub formula: Option<(&'static str, &'static str)>,
}

#[derive(Debug, Clone)]
pub struct Object {
    pub name: &'static str,
    pub label: String,
    /// First three characters of its ids.
    pub prefix: &'static str,
    /// Whether the API may write records.
    pub writable: bool,
    pub fields: Vec<Field>,
}

impl Object {
    /// The field of that name, in any case.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// The reference behind a relationship name: `Account` stands for `AccountId`.
    pub fn relationship(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.relationship.is_some_and(|own| own.eq_ignore_ascii_case(name)))
    }

    /// The key field of that name: an external id, or one that may stand for it.
    pub fn key(&self, name: &str) -> Option<&Field> {
        self.field(name).filter(|field| field.external || field.id_lookup)
    }
}

/// All objects, by lower-case name.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    objects: BTreeMap<String, Arc<Object>>,
}

impl Schema {
    /// The objects of a new organisation, with the portal's key fields.
    pub fn standard() -> Self {
        let mut schema = Self::default();
        for object in standard::objects() {
            schema.put(object);
        }
        schema
    }

    /// The object of that name, in any case.
    pub fn object(&self, name: &str) -> Option<&Arc<Object>> {
        self.objects.get(&name.to_ascii_lowercase())
    }

    /// The object whose records have such ids.
    pub fn of_id(&self, id: &str) -> Option<&Arc<Object>> {
        self.objects.values().find(|object| id.starts_with(object.prefix))
    }

    pub fn objects(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.objects.values()
    }

    pub fn put(&mut self, object: Object) {
        self.objects.insert(object.name.to_ascii_lowercase(), Arc::new(object));
    }

    /// The children reached over a relationship: their object and the reference that points back.
    pub fn children(&self, parent: &Object, name: &str) -> Option<(&Arc<Object>, &Field)> {
        self.references(parent)
            .find(|(_, field)| field.children.is_some_and(|own| own.eq_ignore_ascii_case(name)))
    }

    /// Every reference to the object.
    pub fn references(&self, parent: &Object) -> impl Iterator<Item = (&Arc<Object>, &Field)> {
        self.objects.values().flat_map(move |object| {
            object
                .fields
                .iter()
                .filter(move |field| field.targets.contains(&parent.name))
                .map(move |field| (object, field))
        })
    }
}

/// A label made from an API name: `AccountId` is `Account ID`, `Release_Date__c` is `Release Date`.
fn label_of(name: &str) -> String {
    let name = name.strip_suffix("__c").unwrap_or(name).replace('_', " ");
    let mut label = String::with_capacity(name.len() + 4);
    let mut last_lower = false;
    for character in name.chars() {
        if character.is_ascii_uppercase() && last_lower {
            label.push(' ');
        }
        last_lower = character.is_ascii_lowercase();
        label.push(character);
    }
    if label == "Id" || label.ends_with(" Id") {
        label.truncate(label.len() - 1);
        label.push('D');
    }
    label
}

impl Field {
    fn new(name: &str, kind: Kind, length: usize) -> Self {
        Self {
            name: intern(name),
            label: label_of(name),
            kind,
            length,
            bytes: false,
            required: false,
            createable: true,
            updateable: true,
            external: false,
            id_lookup: false,
            unique: false,
            case_sensitive: false,
            filterable: !matches!(kind, Kind::LongText | Kind::Binary),
            tracked: false,
            restricted: false,
            choices: Vec::new(),
            targets: Vec::new(),
            relationship: None,
            children: None,
            formula: None,
        }
    }

    /// May stand in ORDER BY and GROUP BY.
    pub fn sortable(&self) -> bool {
        !matches!(self.kind, Kind::LongText | Kind::Binary)
    }
}
