//! Unique indexes, duplicate rules and validation rules.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Author, Values};
use crate::ledger::salesforce::{Record, Salesforce};
use crate::salesforce::error::RestError;
use crate::salesforce::query::filter::{From, compile};
use crate::salesforce::query::malformed;
use crate::salesforce::query::resolve::Scope;
use crate::salesforce::schema::Object;
use crate::salesforce::settings::DuplicateRule;
use crate::salesforce::soql;
use crate::salesforce::wire::Out;

/// The version in the urls of a duplicate rule's findings.
const VERSION: &str = "v62.0";

/// The error of a unique index.
pub fn duplicate_value(field: &str, id: &str) -> RestError {
    let fifteen = id.get(..15).unwrap_or(id);
    let message = format!("duplicate value found: {field} duplicates value on record with id: {fifteen}");
    RestError::record(400, "DUPLICATE_VALUE", message, &[])
}

pub fn unique(
    store: &Salesforce,
    object: &Object,
    values: &Values,
    own: Option<&str>,
) -> Result<(), RestError> {
    for field in object.fields.iter().filter(|field| field.unique) {
        let Some(value) = values.get(field.name).and_then(Value::as_str) else { continue };
        let other = store.by_key(object, field.name, value).find(|record| Some(record.id.as_str()) != own);
        if let Some(other) = other {
            return Err(duplicate_value(field.name, &other.id));
        }
    }
    Ok(())
}

/// Duplicate rules of the object; an alert rule lets those pass who insist.
pub fn duplicates(
    store: &Salesforce,
    object: &Object,
    values: &Values,
    author: &Author,
) -> Result<(), RestError> {
    let rules = &store.settings.duplicate_rules;
    for rule in rules.iter().filter(|rule| rule.object.eq_ignore_ascii_case(object.name)) {
        if rule.allow_save && author.save_duplicates {
            continue;
        }
        let found: Vec<&Record> = store
            .all(object)
            .filter(|record| !record.deleted() && same(object, rule, record, values))
            .collect();
        if !found.is_empty() {
            let mut error = RestError::new(400, "DUPLICATES_DETECTED", rule.message.clone());
            error.duplicates = Some(Box::new(findings(object, rule, &found)));
            return Err(error);
        }
    }
    Ok(())
}

/// Equal and not empty in every field of the rule.
fn same(object: &Object, rule: &DuplicateRule, record: &Record, values: &Values) -> bool {
    rule.fields.iter().all(|name| {
        object.field(name).is_some_and(|field| {
            let given = values.get(field.name).and_then(Value::as_str).unwrap_or_default();
            !given.is_empty() && record.text(field.name).to_lowercase() == given.to_lowercase()
        })
    })
}

/// The body of `duplicateResut`.
fn findings(object: &Object, rule: &DuplicateRule, found: &[&Record]) -> Out {
    let records: Out = found
        .iter()
        .map(|record| {
            Out::object([
                ("additionalInformation", json!([]).into()),
                ("fieldDiffs", json!([]).into()),
                ("matchConfidence", json!(100.0).into()),
                (
                    "record",
                    Out::object([
                        ("attributes", crate::salesforce::print::attributes(VERSION, record)),
                        ("Id", record.id.clone().into()),
                    ]),
                ),
            ])
        })
        .collect();
    let result = Out::object([
        ("entityType", object.name.into()),
        ("errors", json!([]).into()),
        ("matchEngine", "ExactMatchEngine".into()),
        ("matchRecords", records),
        ("rule", format!("{}_Matching", rule.name).into()),
        ("size", json!(found.len()).into()),
        ("success", true.into()),
    ]);
    Out::object([
        ("allowSave", rule.allow_save.into()),
        ("duplicateRule", rule.name.clone().into()),
        ("duplicateRuleEntityType", object.name.into()),
        ("errorMessage", rule.message.clone().into()),
        ("matchResults", Out::List(vec![result])),
    ])
}

/// Validation rules of the object, held against the record as it now is.
pub fn validate(store: &Salesforce, object: &Object, id: &str, now: DateTime<Utc>) -> Result<(), RestError> {
    let rules = &store.settings.validation_rules;
    let mut rules = rules.iter().filter(|rule| rule.object.eq_ignore_ascii_case(object.name)).peekable();
    if rules.peek().is_none() {
        return Ok(());
    }
    // The store's own copy of the object lives as long as the records do.
    let object = store.schema.object(object.name).ok_or_else(RestError::not_found)?;
    let record = store.get(id).ok_or_else(RestError::not_found)?;
    for rule in rules {
        let condition = soql::parse_condition(&rule.condition).map_err(|error| malformed(&error))?;
        let scope = Scope { store, statement: &rule.condition, now, version: VERSION, deleted: false };
        let test = compile(&scope, From { object, alias: None }, &condition)?;
        if test.holds(&scope, record) {
            let fields: Vec<&str> = rule.field.as_deref().into_iter().collect();
            let code = "FIELD_CUSTOM_VALIDATION_EXCEPTION";
            return Err(RestError::record(400, code, rule.message.clone(), &fields));
        }
    }
    Ok(())
}
