//! `/sobjects` and `/sobjects/{object}/describe`: what objects and fields there are.

use serde_json::{Value, json};

use super::conditional;
use super::data_answer;
use super::error::RestError;
use super::print::attributes;
use super::records::known;
use super::rest::RestCall;
use super::schema::{Field, Kind, Object, Schema};
use super::wire::Out;
use crate::answer::Answer;
use crate::world::World;

#[expect(clippy::unnecessary_wraps, reason = "an entry of the route table")]
pub fn global(world: &mut World, call: &RestCall, _: &[&str]) -> Result<Answer, RestError> {
    let store = &world.ledger.salesforce;
    let objects: Out =
        store.schema.objects().map(|object| Out::Object(header(call.version(), object))).collect();
    let body =
        Out::object([("encoding", "UTF-8".into()), ("maxBatchSize", 200.into()), ("sobjects", objects)]);
    Ok(conditional::answer(call, &body, store.described_at))
}

pub fn object(world: &mut World, call: &RestCall, parts: &[&str]) -> Result<Answer, RestError> {
    let [name] = parts else { return Err(RestError::not_found()) };
    let store = &world.ledger.salesforce;
    let object = known(store, name)?;
    let mut members = header(call.version(), &object);
    members.push(("childRelationships".to_owned(), children(&store.schema, &object)));
    members.push(("fields".to_owned(), object.fields.iter().map(field).collect()));
    members.push((
        "recordTypeInfos".to_owned(),
        json!([{ "active": true, "available": true, "defaultRecordTypeMapping": true, "master": true,
                 "name": "Master", "recordTypeId": "012000000000000AAA" }])
        .into(),
    ));
    Ok(conditional::answer(call, &Out::Object(members), store.described_at))
}

/// The object without its fields, and the records that were used last.
pub fn basic(world: &mut World, call: &RestCall, parts: &[&str]) -> Result<Answer, RestError> {
    let [name] = parts else { return Err(RestError::not_found()) };
    let store = &world.ledger.salesforce;
    let object = known(store, name)?;
    let recent: Out = store
        .all(&object)
        .filter(|record| !record.deleted())
        .take(5)
        .map(|record| {
            Out::object([
                ("attributes", attributes(call.version(), record)),
                ("Id", record.id.clone().into()),
            ])
        })
        .collect();
    let described = Out::Object(header(call.version(), &object));
    Ok(data_answer(200, Some(&Out::object([("objectDescribe", described), ("recentItems", recent)]))))
}

fn header(version: &str, object: &Object) -> Vec<(String, Out)> {
    let base = format!("/services/data/{version}/sobjects/{}", object.name);
    let urls = Out::object([
        ("sobject", base.clone().into()),
        ("describe", format!("{base}/describe").into()),
        ("rowTemplate", format!("{base}/{{ID}}").into()),
    ]);
    let custom = object.name.ends_with("__c");
    let writable = Out::from(object.writable);
    [
        ("activateable", false.into()),
        ("createable", writable.clone()),
        ("custom", custom.into()),
        ("customSetting", false.into()),
        ("deletable", writable.clone()),
        ("deprecatedAndHidden", false.into()),
        ("feedEnabled", false.into()),
        ("keyPrefix", object.prefix.into()),
        ("label", object.label.clone().into()),
        ("labelPlural", format!("{}s", object.label).into()),
        ("layoutable", true.into()),
        ("mergeable", ["Account", "Contact", "Case"].contains(&object.name).into()),
        ("name", object.name.into()),
        ("queryable", true.into()),
        ("replicateable", true.into()),
        ("retrieveable", true.into()),
        ("searchable", true.into()),
        ("triggerable", true.into()),
        ("undeletable", writable.clone()),
        ("updateable", writable),
        ("urls", urls),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn children(schema: &Schema, object: &Object) -> Out {
    schema
        .references(object)
        .map(|(child, field)| {
            Out::object([
                ("cascadeDelete", false.into()),
                ("childSObject", child.name.into()),
                ("deprecatedAndHidden", false.into()),
                ("field", field.name.into()),
                ("relationshipName", field.children.map_or(Value::Null, Value::from).into()),
                ("restrictedDelete", false.into()),
            ])
        })
        .collect()
}

fn soap(kind: Kind) -> &'static str {
    match kind {
        Kind::Id | Kind::Reference => "tns:ID",
        Kind::Boolean => "xsd:boolean",
        Kind::Int => "xsd:int",
        Kind::Double => "xsd:double",
        Kind::Date => "xsd:date",
        Kind::DateTime => "xsd:dateTime",
        Kind::Binary => "xsd:base64Binary",
        _ => "xsd:string",
    }
}

fn choices(field: &Field) -> Out {
    field
        .choices
        .iter()
        .map(|choice| {
            Out::object([
                ("active", choice.active.into()),
                ("defaultValue", choice.default.into()),
                ("label", choice.label.clone().unwrap_or_else(|| choice.value.clone()).into()),
                ("validFor", Out::NULL),
                ("value", choice.value.clone().into()),
            ])
        })
        .collect()
}

fn field(field: &Field) -> Out {
    let custom = field.name.ends_with("__c");
    let name_field = field.name == "Name" || field.name == "CaseNumber";
    let default = field.choices.iter().find(|choice| choice.default).map(|choice| choice.value.clone());
    let nillable = !(field.required || matches!(field.kind, Kind::Boolean | Kind::Id));
    let bytes = if field.bytes { field.length } else { field.length * 3 };
    Out::object([
        ("autoNumber", (field.name == "CaseNumber").into()),
        ("byteLength", if field.kind.identifier() { 18 } else { bytes }.into()),
        ("calculated", field.formula.is_some().into()),
        ("calculatedFormula", Out::NULL),
        ("cascadeDelete", false.into()),
        ("caseSensitive", field.case_sensitive.into()),
        ("controllerName", Out::NULL),
        ("createable", field.createable.into()),
        ("custom", custom.into()),
        ("defaultValue", default.map_or(Value::Null, Value::from).into()),
        ("defaultValueFormula", Out::NULL),
        ("defaultedOnCreate", (!field.createable || field.kind == Kind::Boolean).into()),
        ("dependentPicklist", false.into()),
        ("deprecatedAndHidden", false.into()),
        ("digits", if field.kind == Kind::Int { field.length } else { 0 }.into()),
        ("externalId", field.external.into()),
        ("filterable", field.filterable.into()),
        ("groupable", field.sortable().into()),
        ("htmlFormatted", false.into()),
        ("idLookup", (field.kind == Kind::Id || field.external || field.id_lookup).into()),
        ("inlineHelpText", Out::NULL),
        ("label", field.label.clone().into()),
        ("length", field.length.into()),
        ("name", field.name.into()),
        ("nameField", name_field.into()),
        ("namePointing", (field.targets.len() > 1).into()),
        ("nillable", nillable.into()),
        ("picklistValues", choices(field)),
        ("precision", if field.kind == Kind::Double { field.length } else { 0 }.into()),
        ("referenceTo", field.targets.clone().into()),
        ("relationshipName", field.relationship.map_or(Value::Null, Value::from).into()),
        ("relationshipOrder", Out::NULL),
        ("restrictedDelete", false.into()),
        ("restrictedPicklist", field.restricted.into()),
        ("scale", 0.into()),
        ("soapType", soap(field.kind).into()),
        ("sortable", field.sortable().into()),
        ("type", serde_json::to_value(field.kind).unwrap_or_default().into()),
        ("unique", field.unique.into()),
        ("updateable", field.updateable.into()),
        ("writeRequiresMasterRead", false.into()),
    ])
}
