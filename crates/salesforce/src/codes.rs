//! Salesforce's error codes and the class of each.
//!
//! Sources: REST API Developer Guide, "Status Codes and Error Responses"; SOAP API Developer Guide, core data
//! types (status and exception codes); recorded exchanges.

use crate::fault::Fault;
use crate::refusal::{Limit, RefusalKind};
use crate::usage::ApiUsage;

/// The class of a refusal whose first error has this code.
pub(crate) fn classify(code: &str, status: u16, faults: &[Fault], usage: Option<ApiUsage>) -> RefusalKind {
    match code {
        _ if status == 412 => RefusalKind::PreconditionFailed,
        "DUPLICATES_DETECTED" => {
            RefusalKind::DuplicateRule { allow_save: faults.iter().all(Fault::allows_save) }
        }
        "DUPLICATE_VALUE" => RefusalKind::DuplicateValue,
        "REQUIRED_FIELD_MISSING" => RefusalKind::RequiredMissing,
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST" => RefusalKind::Picklist,
        "STRING_TOO_LONG" | "INVALID_EMAIL_ADDRESS" | "FIELD_CUSTOM_VALIDATION_EXCEPTION" => {
            RefusalKind::Validation
        }
        // One code for two limits; the answer's own usage header tells them apart. Without it, the one that makes
        // the caller stop.
        "REQUEST_LIMIT_EXCEEDED" if usage.is_some_and(|usage| usage.percent() < 95) => {
            RefusalKind::LimitExceeded(Limit::Concurrent)
        }
        "REQUEST_LIMIT_EXCEEDED" => RefusalKind::LimitExceeded(Limit::Total),
        "TOO_MANY_APEX_REQUESTS" => RefusalKind::LimitExceeded(Limit::Concurrent),
        "STORAGE_LIMIT_EXCEEDED" => RefusalKind::StorageFull,
        "UNABLE_TO_LOCK_ROW" => RefusalKind::LockedRow,
        "NOT_FOUND" => RefusalKind::Gone,
        // With 400 it is a lookup value of ours that is wrong, not the addressed record.
        "INVALID_CROSS_REFERENCE_KEY" if status == 404 => RefusalKind::Gone,
        "ENTITY_IS_DELETED" => RefusalKind::Deleted,
        "INSUFFICIENT_ACCESS"
        | "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
        | "INSUFFICIENT_ACCESS_OR_READONLY" => RefusalKind::InsufficientAccess,
        "MALFORMED_ID" => RefusalKind::MalformedId,
        "INVALID_QUERY_LOCATOR" => RefusalKind::ExpiredCursor,
        "QUERY_TIMEOUT" => RefusalKind::QueryTimeout,
        "PROCESSING_HALTED" | "ALL_OR_NONE_OPERATION_ROLLED_BACK" => RefusalKind::RolledBack,
        code if known(code).is_some() => RefusalKind::MisconfiguredOrBug,
        _ => RefusalKind::Other,
    }
}

/// The codes of the REST API's documentation and of recorded exchanges that may be named in logs. Every one that
/// `classify` does not name is a fault of ours or of the org's set-up.
const KNOWN: &[&str] = &[
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "API_CURRENTLY_DISABLED",
    "API_DISABLED_FOR_ORG",
    "DUPLICATES_DETECTED",
    "DUPLICATE_VALUE",
    "ENTITY_IS_DELETED",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    "INSUFFICIENT_ACCESS",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
    "INSUFFICIENT_ACCESS_OR_READONLY",
    "INVALID_AUTH_HEADER",
    "INVALID_CROSS_REFERENCE_KEY",
    "INVALID_EMAIL_ADDRESS",
    "INVALID_FIELD",
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    "INVALID_QUERY_LOCATOR",
    "INVALID_REPLICATION_DATE",
    "INVALID_SESSION_ID",
    "INVALID_TYPE",
    "JSON_PARSER_ERROR",
    "MALFORMED_ID",
    "MALFORMED_QUERY",
    "METHOD_NOT_ALLOWED",
    "NOT_FOUND",
    "NUMBER_OUTSIDE_VALID_RANGE",
    "PROCESSING_HALTED",
    "QUERY_TIMEOUT",
    "REQUEST_LIMIT_EXCEEDED",
    "REQUIRED_FIELD_MISSING",
    "STORAGE_LIMIT_EXCEEDED",
    "STRING_TOO_LONG",
    "TOO_MANY_APEX_REQUESTS",
    "UNABLE_TO_LOCK_ROW",
];

pub(crate) fn known(code: &str) -> Option<&'static str> {
    KNOWN.iter().copied().find(|known| *known == code)
}
