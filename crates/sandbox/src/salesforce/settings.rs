//! The organisation's switches, set over `POST /_control/salesforce`.

use serde::{Deserialize, Serialize};

/// A rule whose condition, in the words of a WHERE clause, refuses a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValidationRule {
    pub object: String,
    /// `Status = 'Closed' AND Priority = 'High'`: a record for which it holds is refused.
    pub condition: String,
    pub message: String,
    /// The field the message belongs to; none = the whole record.
    #[serde(default)]
    pub field: Option<String>,
}

/// A rule that finds records equal in all `fields`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DuplicateRule {
    pub object: String,
    pub fields: Vec<String>,
    #[serde(default = "rule_name")]
    pub name: String,
    #[serde(default = "rule_message")]
    pub message: String,
    /// An alert rule: the caller may insist.
    #[serde(default)]
    pub allow_save: bool,
}

fn rule_name() -> String {
    "Sandbox_Duplicate_Rule".to_owned()
}

fn rule_message() -> String {
    "Use one of these records?".to_owned()
}

/// All switches. Sent members replace their old value, the others stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Settings {
    /// Audiences that are accepted besides the sandbox's own address.
    pub audiences: Vec<String>,
    /// Seconds that `exp` may lie ahead; none = any, as real organisations behave.
    pub max_assertion_age: Option<i64>,
    /// Whether the integration user has approved the app.
    pub user_approved: bool,
    /// Whether the app's policy lets the user in.
    pub admin_approved: bool,
    /// Minutes without a call after which a session is over.
    pub session_minutes: i64,
    /// Cursors kept; the oldest is dropped.
    pub max_cursors: usize,
    /// Hours for which a cursor lives.
    pub cursor_hours: i64,
    /// Minutes by which the integration user's day is ahead of UTC; moves TODAY and its kin.
    pub user_offset_minutes: i32,
    /// New cases go to the support queue unless `Sforce-Auto-Assign: FALSE` is sent.
    pub assignment_rule: bool,
    /// Makes `SuppliedEmail` required on new cases.
    pub auto_response_rule: bool,
    /// Whether the user may change and delete everything: comments are then deletable.
    pub modify_all: bool,
    /// `Visibility` of the link that an upload makes by itself.
    pub file_visibility: String,
    /// Creating upserts that lose a race: another request stores the record first.
    pub upsert_races: u32,
    pub validation_rules: Vec<ValidationRule>,
    pub duplicate_rules: Vec<DuplicateRule>,
}

impl Default for Settings {
    fn default() -> Self {
        let audience = |host: &str| format!("https://{host}.salesforce.com");
        Self {
            audiences: vec![audience("login"), audience("test")],
            max_assertion_age: None,
            user_approved: true,
            admin_approved: true,
            session_minutes: 120,
            max_cursors: 10,
            cursor_hours: 48,
            user_offset_minutes: 0,
            assignment_rule: true,
            auto_response_rule: false,
            modify_all: false,
            file_visibility: "AllUsers".to_owned(),
            upsert_races: 0,
            validation_rules: Vec::new(),
            duplicate_rules: Vec::new(),
        }
    }
}
