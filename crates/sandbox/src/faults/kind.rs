//! What can go wrong: one table from which planting is checked and `GET /_control/faults/kinds` is printed.

use clap::ValueEnum;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};

use super::Target;

/// Whether the call was carried out when the caller meets the fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    Yes,
    No,
    /// Carried out, but only after the caller had time to give up.
    Late,
}

impl Serialize for Done {
    /// `true`, `false` or `"late"`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Yes => serializer.serialize_bool(true),
            Self::No => serializer.serialize_bool(false),
            Self::Late => serializer.serialize_str("late"),
        }
    }
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Kind {
    /// Waits `ms`, then goes on with the next fault or the action.
    Latency,
    /// The target's own error form with `status`.
    Status,
    /// The target's business error with `message` (and `code` for Salesforce).
    Error,
    /// An HTML page with `status`.
    Html,
    /// The connection is closed without an answer.
    Dropped,
    /// The body is `null`.
    Null,
    /// The announced body breaks off half way.
    Cut,
    /// Members have types no client can use.
    WrongTypes,
    /// An HTML page with `status` after the work.
    DidThenFailed,
    /// The connection is closed after the work.
    DidThenDropped,
    /// Waits `ms`, does the work whether or not the caller is still there, and closes.
    DidLate,
    /// Does the work at once, answers after `ms`.
    LateAnswer,
    /// A redirect to `to`.
    Redirect,
    /// A small gzip body that expands to more than 200 MB.
    GzipBomb,
    /// A body that goes on and on.
    Huge,
    /// The body comes a few bytes at a time.
    Drip,
    /// Success without a body.
    Empty,
    /// The right body under the wrong content type.
    WrongContentType,
    /// A complete message whose text ends half way.
    TruncatedJson,
    /// Text that is not UTF-8.
    InvalidUtf8,
    /// `Content-Length` is not the body's length.
    WrongLength,
    /// The body is followed by something else.
    TrailingGarbage,
    /// PHP complains in front of the body.
    PhpWarning,
    /// A byte order mark in front of the body.
    Bom,
    /// Every member appears twice, first as `null`.
    DuplicateKeys,
    /// A member is nested deeper than parsers allow.
    DeepNesting,
    /// Every object has members that nobody announced.
    ExtraFields,
    /// Every member but the envelope's is `null`.
    NullFields,
    /// A page that asks to sign in, as success.
    LoginPage,
    /// A status line, then no headers that HTTP knows.
    StaleHead,
    /// 429.
    RateLimited,
    /// 401 in the target's form.
    Unauthorized,
    /// 403 in the target's form.
    Forbidden,
    /// 503 with a page and `Retry-After`.
    Maintenance,
    /// The connection is reset in the middle of the body.
    Reset,
}

impl Kind {
    /// The name on the wire.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    pub fn done(self) -> Done {
        match self {
            Self::Status
            | Self::Error
            | Self::Html
            | Self::Dropped
            | Self::Redirect
            | Self::LoginPage
            | Self::StaleHead
            | Self::RateLimited
            | Self::Unauthorized
            | Self::Forbidden
            | Self::Maintenance => Done::No,
            Self::DidLate => Done::Late,
            Self::Latency
            | Self::Null
            | Self::Cut
            | Self::WrongTypes
            | Self::DidThenFailed
            | Self::DidThenDropped
            | Self::LateAnswer
            | Self::GzipBomb
            | Self::Huge
            | Self::Drip
            | Self::Empty
            | Self::WrongContentType
            | Self::TruncatedJson
            | Self::InvalidUtf8
            | Self::WrongLength
            | Self::TrailingGarbage
            | Self::PhpWarning
            | Self::Bom
            | Self::DuplicateKeys
            | Self::DeepNesting
            | Self::ExtraFields
            | Self::NullFields
            | Self::Reset => Done::Yes,
        }
    }

    /// The options without which it cannot be planted.
    pub fn needs(self) -> &'static [&'static str] {
        match self {
            Self::DidLate | Self::LateAnswer => &["ms"],
            Self::Redirect => &["to"],
            _ => &[],
        }
    }

    /// The options that it knows besides.
    pub fn options(self) -> &'static [&'static str] {
        match self {
            Self::Latency => &["ms"],
            Self::Status | Self::Error => &["status", "message", "code", "retry_after"],
            Self::Html | Self::DidThenFailed => &["status", "message"],
            Self::Redirect => &["status"],
            Self::Huge | Self::GzipBomb => &["bytes"],
            Self::Drip => &["ms", "bytes"],
            Self::WrongLength => &["delta"],
            Self::RateLimited | Self::Maintenance => &["retry_after", "message"],
            Self::Unauthorized | Self::Forbidden => &["message", "code"],
            _ => &[],
        }
    }

    /// Whether the mail receiver can do it: what is about connections, time and refusals, not about HTTP or JSON.
    pub fn fits(self, target: Target) -> bool {
        target != Target::Smtp
            || matches!(
                self,
                Self::Latency
                    | Self::Status
                    | Self::Error
                    | Self::Dropped
                    | Self::Cut
                    | Self::DidThenFailed
                    | Self::DidThenDropped
                    | Self::DidLate
                    | Self::LateAnswer
                    | Self::RateLimited
                    | Self::Unauthorized
                    | Self::Forbidden
                    | Self::Maintenance
            )
    }
}

/// Every kind with what a test matrix needs to know of it.
pub fn catalogue() -> Vec<Value> {
    Kind::value_variants()
        .iter()
        .map(|kind| {
            let targets = [Target::Whmcs, Target::Salesforce, Target::Smtp];
            let targets: Vec<Target> = targets.into_iter().filter(|target| kind.fits(*target)).collect();
            json!({
                "kind": kind,
                "done": kind.done(),
                "needs": kind.needs(),
                "options": kind.options(),
                "targets": targets,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::Kind;

    #[test]
    fn both_derived_names_of_a_kind_are_the_same() {
        for kind in Kind::value_variants() {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }
}
