//! Reads error answers: an array of errors, a single one, or no JSON at all. Classes come from `errorCode` and
//! status, never from the message.

use serde::Deserialize;

use crate::codes::{classify, known};
use crate::error::{Error, Unknown};
use crate::refusal::{Refusal, RefusalKind, excerpt};
use crate::transport::Answer;
use crate::usage::ApiUsage;

/// One element of an error body. `duplicateResut` is how most versions spell it; some write `duplicateResult`.
#[derive(Debug, Deserialize)]
pub(crate) struct Fault {
    #[serde(rename = "errorCode", alias = "statusCode")]
    pub code: String,
    #[serde(default)]
    message: Option<String>,
    #[serde(rename = "duplicateResut", default)]
    misspelt: Option<DuplicateResult>,
    #[serde(rename = "duplicateResult", default)]
    spelt: Option<DuplicateResult>,
}

#[derive(Debug, Deserialize)]
struct DuplicateResult {
    #[serde(rename = "allowSave", default)]
    allow_save: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<Fault>),
    One(Fault),
}

/// Errors of a body; empty where there are none to be read.
pub(crate) fn faults(body: &[u8]) -> Vec<Fault> {
    match serde_json::from_slice(body) {
        Ok(OneOrMany::Many(many)) => many,
        Ok(OneOrMany::One(one)) => vec![one],
        Err(_) => Vec::new(),
    }
}

/// Passes 2xx; anything else becomes the error it stands for.
pub(crate) fn check(answer: Answer, resource: &'static str) -> Result<Answer, Error> {
    match answer.status {
        200..=299 => Ok(answer),
        status => Err(from_parts(status, &answer.body, answer.usage, resource)),
    }
}

/// The error a status and body stand for.
pub(crate) fn from_parts(status: u16, body: &[u8], usage: Option<ApiUsage>, resource: &'static str) -> Error {
    if status >= 500 {
        return Error::Unknown(Unknown::ServerFailure { status });
    }
    let faults = if (400..500).contains(&status) { faults(body) } else { Vec::new() };
    let kind = match (faults.first(), status) {
        (Some(first), _) => classify(&first.code, status, &faults, usage),
        // Refused before any API code saw it: no authorization, URI or headers too long.
        (None, 401 | 414 | 431) => RefusalKind::MisconfiguredOrBug,
        (None, 412) => RefusalKind::PreconditionFailed,
        (None, _) => return Error::Unknown(Unknown::InvalidAnswer { status }),
    };
    Error::Refused(Refusal {
        kind,
        status,
        code: faults.first().and_then(|first| known(&first.code)),
        resource,
        raw: excerpt(&String::from_utf8_lossy(body)),
    })
}

/// A refusal that stands inside a successful answer, made of these errors.
pub(crate) fn refusal(
    faults: &[Fault],
    status: u16,
    usage: Option<ApiUsage>,
    resource: &'static str,
) -> Refusal {
    let code = faults.first().map_or("", |first| first.code.as_str());
    let messages: Vec<&str> = faults.iter().filter_map(|fault| fault.message.as_deref()).collect();
    Refusal {
        kind: classify(code, status, faults, usage),
        status,
        code: known(code),
        resource,
        raw: excerpt(&messages.join("\n")),
    }
}

/// Several records have the key that an upsert addressed; nothing was written.
pub(crate) fn ambiguous_key(body: &[u8], resource: &'static str) -> Error {
    Error::Refused(Refusal {
        kind: RefusalKind::AmbiguousKey,
        status: 300,
        code: None,
        resource,
        raw: excerpt(&String::from_utf8_lossy(body)),
    })
}

/// A dead session, which a new login cures. Two refusals share the code and are not cured by it: refreshing on them
/// would never end. Nothing but their text tells them apart.
pub(crate) fn is_expired_session(answer: &Answer) -> bool {
    let faults = if answer.status == 401 { faults(&answer.body) } else { Vec::new() };
    faults.iter().any(|fault| fault.code == "INVALID_SESSION_ID")
        && !faults.iter().any(Fault::is_incurable_session)
}

impl Fault {
    pub(crate) fn is_incurable_session(&self) -> bool {
        self.message.as_deref().is_some_and(|message| {
            message.contains("This session is not valid for use with the REST API")
                || message.contains("Connected app is not attached to Agent")
        })
    }

    pub(crate) fn allows_save(&self) -> bool {
        let result = self.misspelt.as_ref().or(self.spelt.as_ref());
        self.code == "DUPLICATES_DETECTED" && result.is_some_and(|result| result.allow_save)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Limit;

    fn refusal(status: u16, body: &str, usage: Option<ApiUsage>) -> Refusal {
        match from_parts(status, body.as_bytes(), usage, "Account") {
            Error::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    }

    fn coded(status: u16, code: &str) -> RefusalKind {
        refusal(status, &format!(r#"[{{"message":"x","errorCode":"{code}"}}]"#), None).kind()
    }

    #[test]
    fn codes_have_their_class() {
        assert_eq!(coded(400, "STRING_TOO_LONG"), RefusalKind::Validation);
        assert_eq!(coded(400, "UNABLE_TO_LOCK_ROW"), RefusalKind::LockedRow);
        assert_eq!(coded(404, "ENTITY_IS_DELETED"), RefusalKind::Deleted);
        assert_eq!(coded(404, "INVALID_CROSS_REFERENCE_KEY"), RefusalKind::Gone);
        assert_eq!(coded(400, "INVALID_CROSS_REFERENCE_KEY"), RefusalKind::MisconfiguredOrBug);
        assert_eq!(coded(403, "INSUFFICIENT_ACCESS_OR_READONLY"), RefusalKind::InsufficientAccess);
        assert_eq!(coded(400, "INSUFFICIENT_ACCESS_OR_READONLY"), RefusalKind::InsufficientAccess);
        assert_eq!(coded(400, "INVALID_QUERY_LOCATOR"), RefusalKind::ExpiredCursor);
        assert_eq!(coded(400, "STORAGE_LIMIT_EXCEEDED"), RefusalKind::StorageFull);
        assert_eq!(coded(400, "DUPLICATE_VALUE"), RefusalKind::DuplicateValue);
        assert_eq!(coded(412, "ANYTHING"), RefusalKind::PreconditionFailed);
        assert_eq!(refusal(412, "", None).kind(), RefusalKind::PreconditionFailed);
    }

    #[test]
    fn an_unlisted_code_is_never_printed() {
        let refusal = refusal(400, r#"[{"message":"ada@example.com","errorCode":"ADA_EXAMPLE_COM"}]"#, None);
        assert_eq!(refusal.kind(), RefusalKind::Other);
        for printed in [refusal.to_string(), format!("{refusal:?}")] {
            assert!(!printed.to_lowercase().contains("ada"), "{printed}");
        }
        assert!(refusal.raw_for_diagnosis().contains("ada@example.com"));
    }

    #[test]
    fn the_two_request_limits_are_told_apart_by_usage() {
        let body = r#"[{"message":"Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]"#;
        let kind = |usage| refusal(403, body, usage).kind();
        let used = |used| Some(ApiUsage { used, allowed: 15000 });
        assert_eq!(kind(used(15002)), RefusalKind::LimitExceeded(Limit::Total));
        assert_eq!(kind(used(300)), RefusalKind::LimitExceeded(Limit::Concurrent));
        assert_eq!(kind(None), RefusalKind::LimitExceeded(Limit::Total));
    }

    #[test]
    fn both_spellings_and_no_details_of_a_duplicate() {
        for (body, allow_save) in [
            (r#"[{"errorCode":"DUPLICATES_DETECTED","duplicateResut":{"allowSave":true}}]"#, true),
            (r#"[{"errorCode":"DUPLICATES_DETECTED","duplicateResult":{"allowSave":true}}]"#, true),
            (r#"[{"errorCode":"DUPLICATES_DETECTED","duplicateResult":{"allowSave":false}}]"#, false),
            (r#"{"errorCode":"DUPLICATES_DETECTED"}"#, false),
            (
                r#"[{"errorCode":"DUPLICATES_DETECTED","duplicateResut":{"allowSave":true}},{"errorCode":"X"}]"#,
                false,
            ),
        ] {
            assert_eq!(refusal(400, body, None).kind(), RefusalKind::DuplicateRule { allow_save }, "{body}");
        }
    }

    #[test]
    fn bodies_without_errors_are_classed_by_status() {
        let unknown = |status, body: &str| match from_parts(status, body.as_bytes(), None, "Account") {
            Error::Unknown(reason) => reason,
            other => panic!("{other:?}"),
        };
        assert_eq!(unknown(502, "<html>"), Unknown::ServerFailure { status: 502 });
        assert_eq!(unknown(404, "<html>"), Unknown::InvalidAnswer { status: 404 });
        assert_eq!(unknown(400, "[]"), Unknown::InvalidAnswer { status: 400 });
        assert_eq!(unknown(302, r#"{"errorCode":"NOT_FOUND"}"#), Unknown::InvalidAnswer { status: 302 });
        let xml = "<Errors><Error><errorCode>LOGIN_OAUTH_INVALID_TOKEN</errorCode></Error></Errors>";
        assert_eq!(refusal(401, xml, None).kind(), RefusalKind::MisconfiguredOrBug);
    }
}
