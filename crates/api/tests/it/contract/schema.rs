//! Whether a JSON value has the form that a schema of the contract gives it. Stricter than the standard: a member that no schema knows is a
//! misfit too.

use chrono::{DateTime, NaiveDate};
use serde_json::{Value, json};
use uuid::Uuid;

/// Where a value does not have the form of a schema. A member that the schema does not know is a misfit too.
pub fn misfits(document: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let schema = resolved(document, schema);
    if let Some(choices) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        let fitting = choices.iter().filter(|choice| misfits(document, choice, value, at).is_empty()).count();
        return if fitting == 1 {
            Vec::new()
        } else {
            vec![format!("{at}: fits {fitting} of {} forms: {value}", choices.len())]
        };
    }
    let mut found = Vec::new();
    if let Some(values) = schema["enum"].as_array()
        && !values.contains(value)
    {
        found.push(format!("{at}: {value} is none of {values:?}"));
    }
    let mut shape = Shape::default();
    shape.collect(document, schema);
    if !shape.members.is_empty() {
        found.extend(shape.misfits(document, value, at));
        return found;
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => return vec![format!("{at}: the schema says nothing: {schema}")],
    };
    if !types.iter().any(|name| has_type(name, value)) {
        found.push(format!("{at}: {value} is no {types:?}"));
    }
    if let (Some(text), Some(format)) = (value.as_str(), schema["format"].as_str())
        && !has_format(format, text)
    {
        found.push(format!("{at}: {text} is no {format}"));
    }
    if let Some(items) = value.as_array() {
        found.extend(
            items
                .iter()
                .enumerate()
                .flat_map(|(n, item)| misfits(document, &schema["items"], item, &format!("{at}/{n}"))),
        );
    }
    found
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|target| target.strip_prefix('#')) {
        Some(pointer) => resolved(document, document.pointer(pointer).unwrap()),
        None => schema,
    }
}

fn has_type(name: &str, value: &Value) -> bool {
    match name {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "null" => value.is_null(),
        _ => false,
    }
}

fn has_format(format: &str, text: &str) -> bool {
    match format {
        "date" => text.parse::<NaiveDate>().is_ok(),
        "date-time" => DateTime::parse_from_rfc3339(text).is_ok() && text.ends_with('Z'),
        "uuid" => text.parse::<Uuid>().is_ok(),
        _ => true,
    }
}

/// The members of an object, its parts (`allOf`) taken together.
#[derive(Default)]
struct Shape<'a> {
    members: Vec<(&'a str, &'a Value)>,
    required: Vec<&'a str>,
}

impl<'a> Shape<'a> {
    fn collect(&mut self, document: &'a Value, schema: &'a Value) {
        let schema = resolved(document, schema);
        self.members.extend(
            schema["properties"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, schema)| (name.as_str(), schema)),
        );
        self.required.extend(schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str));
        schema["allOf"].as_array().into_iter().flatten().for_each(|part| self.collect(document, part));
    }

    fn misfits(&self, document: &Value, value: &Value, at: &str) -> Vec<String> {
        let Some(members) = value.as_object() else { return vec![format!("{at}: {value} is no object")] };
        let mut found = Vec::new();
        found.extend(
            self.required
                .iter()
                .filter(|name| !members.contains_key(**name))
                .map(|name| format!("{at}: {name} is missing")),
        );
        for (name, member) in members {
            let at = format!("{at}/{name}");
            match self.members.iter().find(|(known, _)| known == name) {
                Some((_, schema)) => found.extend(misfits(document, schema, member, &at)),
                None => found.push(format!("{at} is in no schema")),
            }
        }
        found
    }
}

#[test]
fn the_checker_finds_what_does_not_fit() {
    let document = json!({ "components": { "schemas": {
        "Id": { "type": "integer" },
        "Row": { "type": "object", "required": ["id"], "properties": { "id": { "$ref": "#/components/schemas/Id" }, "on": { "type": ["string", "null"], "format": "date" } } },
        "Whole": { "allOf": [{ "$ref": "#/components/schemas/Row" }, { "type": "object", "required": ["kind"], "properties": { "kind": { "type": "string", "enum": ["a", "b"] } } }] },
        "Choice": { "oneOf": [{ "type": "object", "required": ["x"], "properties": { "x": { "type": "boolean" } } }, { "$ref": "#/components/schemas/Row" }] },
        "List": { "type": "array", "items": { "$ref": "#/components/schemas/Row" } },
    } } });
    let misfits = |name: &str, value: Value| {
        misfits(&document, &json!({ "$ref": format!("#/components/schemas/{name}") }), &value, "").len()
    };
    assert_eq!(misfits("Whole", json!({ "id": 1, "on": null, "kind": "a" })), 0);
    assert_eq!(
        misfits("Choice", json!({ "x": true }))
            + misfits("Choice", json!({ "id": 1 }))
            + misfits("List", json!([{ "id": 1 }])),
        0
    );
    for (name, wrong) in [
        ("Row", json!({})),
        ("Row", json!({ "id": "1" })),
        ("Row", json!({ "id": 1, "secret": 2 })),
        ("Row", json!({ "id": 1, "on": "12/31/2025" })),
        ("Row", json!([])),
        ("Whole", json!({ "id": 1, "kind": "c" })),
        ("Whole", json!({ "id": 1 })),
        ("Choice", json!({ "x": 1 })),
        ("List", json!([{ "id": 1.5 }])),
    ] {
        assert_eq!(misfits(name, wrong.clone()), 1, "{name} {wrong}");
    }
}
