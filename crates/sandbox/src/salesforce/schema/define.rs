//! Objects and fields as the control API takes them, added to those that are there.

use serde::Deserialize;

use super::{Choice, Field, Kind, Object, Schema, intern, label_of, standard};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of a describe")]
pub struct FieldDefinition {
    name: String,
    label: Option<String>,
    #[serde(rename = "type", default = "text")]
    kind: Kind,
    length: Option<usize>,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    read_only: bool,
    #[serde(default)]
    external_id: bool,
    #[serde(default)]
    unique: bool,
    #[serde(default)]
    case_sensitive: bool,
    #[serde(default)]
    restricted: bool,
    #[serde(default)]
    values: Vec<Choice>,
    #[serde(default)]
    reference_to: Vec<String>,
    /// Name of the list of children at the parent.
    children: Option<String>,
}

const fn text() -> Kind {
    Kind::Text
}

/// A new object, or more fields for one that exists; a field of the same name is replaced.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectDefinition {
    name: String,
    label: Option<String>,
    /// First three characters of its ids; free ones are found when absent.
    prefix: Option<String>,
    #[serde(default)]
    fields: Vec<FieldDefinition>,
    /// Fields to take away.
    #[serde(default)]
    without: Vec<String>,
}

impl Field {
    fn defined(definition: FieldDefinition) -> Self {
        let mut field = Self::new(&definition.name, definition.kind, definition.length.unwrap_or(255));
        if let Some(label) = definition.label {
            field.label = label;
        }
        field.required = definition.required;
        field.createable = !definition.read_only;
        field.updateable = !definition.read_only;
        field.external = definition.external_id;
        field.unique = definition.unique;
        field.case_sensitive = definition.case_sensitive;
        field.restricted = definition.restricted;
        field.choices = definition.values;
        field.targets = definition.reference_to.iter().map(|name| intern(name)).collect();
        field.children = definition.children.as_deref().map(intern);
        if field.kind == Kind::Reference {
            let base = definition.name.strip_suffix("__c").map(|base| format!("{base}__r"));
            let base = base.or_else(|| definition.name.strip_suffix("Id").map(str::to_owned));
            field.relationship = base.as_deref().map(intern);
        }
        field
    }
}

impl Schema {
    /// Adds or changes an object; the reason when that is impossible.
    pub fn define(&mut self, definition: ObjectDefinition) -> Result<&'static str, String> {
        let prefix = match &definition.prefix {
            Some(prefix) if prefix.len() == 3 && prefix.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                Some(intern(prefix))
            }
            Some(_) => return Err("a prefix has three letters or digits".to_owned()),
            None => None,
        };
        let mut object = match self.object(&definition.name) {
            Some(object) => object.as_ref().clone(),
            None => Object {
                name: intern(&definition.name),
                label: label_of(&definition.name),
                prefix: prefix.map_or_else(|| self.free_prefix(), Ok)?,
                writable: true,
                fields: standard::custom_fields(),
            },
        };
        if let Some(prefix) = prefix {
            object.prefix = prefix;
        }
        if self.objects().any(|other| other.prefix == object.prefix && other.name != object.name) {
            return Err(format!("another object has the prefix {}", object.prefix));
        }
        if let Some(label) = definition.label {
            object.label = label;
        }
        for field in definition.fields.into_iter().map(Field::defined) {
            object.fields.retain(|old| !old.name.eq_ignore_ascii_case(field.name));
            object.fields.push(field);
        }
        object
            .fields
            .retain(|field| !definition.without.iter().any(|name| name.eq_ignore_ascii_case(field.name)));
        let name = object.name;
        self.put(object);
        Ok(name)
    }

    fn free_prefix(&self) -> Result<&'static str, String> {
        (0..100)
            .map(|number| format!("a{number:02}"))
            .find(|prefix| self.of_id(prefix).is_none())
            .map(|prefix| intern(&prefix))
            .ok_or_else(|| "no prefix is left".to_owned())
    }
}
