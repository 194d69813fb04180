//! What each kind of fault may come to. One row for each kind that the sandbox knows: a new kind has no rule until
//! somebody says what it means.

use serde_json::{Value, json};

use super::calls::Reads;
use super::outcome::What;

/// What may come of a fault, by what a call reads of its answer.
#[derive(Clone, Copy)]
struct Allowed {
    members: &'static [What],
    rows: &'static [What],
    verdict: &'static [What],
    bytes: &'static [What],
}

impl Allowed {
    fn by(self, reads: Reads) -> &'static [What] {
        match reads {
            Reads::Members => self.members,
            Reads::Rows => self.rows,
            Reads::Verdict => self.verdict,
            Reads::Bytes => self.bytes,
        }
    }
}

/// The same whatever is read.
const fn always(what: &'static [What]) -> Allowed {
    Allowed { members: what, rows: what, verdict: what, bytes: what }
}

/// A body of Salesforce that is no JSON: it does not matter to those who read bytes only.
const fn no_json(verdict: &'static [What]) -> Allowed {
    Allowed { verdict, bytes: OK, ..always(GARBLED) }
}

/// Members that are there and say nothing. A list that is null is an empty one.
const fn hollow(rows: &'static [What]) -> Allowed {
    Allowed { members: GARBLED, rows, verdict: OK, bytes: OK }
}

const OK: &[What] = &[What::Success];
const GARBLED: &[What] = &[What::Garbled];
const LOST: &[What] = &[What::Lost];
const TIMEOUT: &[What] = &[What::Timeout];
const REFUSED: &[What] = &[What::Refused];
const TOO_LARGE: &[What] = &[What::TooLarge];
const NO_SESSION: &[What] = &[What::NoSession];
/// What is wrong stands in a member that not every call reads.
const PERHAPS: &[What] = &[What::Garbled, What::Success];
/// The tail of a message is missing: WHMCS's client sees a text that ends early, Salesforce's a broken connection.
const CUT: &[What] = &[What::Garbled, What::Lost];

/// One kind of fault.
pub struct Rule {
    pub kind: &'static str,
    /// What it is planted with.
    pub options: Option<fn() -> Value>,
    whmcs: Allowed,
    salesforce: Allowed,
}

impl Rule {
    fn allowed(&self, target: &str) -> Allowed {
        if target == "whmcs" { self.whmcs } else { self.salesforce }
    }

    /// The answer comes, if it does, after the caller gave up.
    pub fn is_late(&self) -> bool {
        self.options.is_some_and(|options| options().get("ms").is_some())
    }
}

const fn rule(kind: &'static str, whmcs: Allowed, salesforce: Allowed) -> Rule {
    Rule { kind, options: None, whmcs, salesforce }
}

const fn same(kind: &'static str, allowed: Allowed) -> Rule {
    rule(kind, allowed, allowed)
}

const fn planted(mut rule: Rule, options: fn() -> Value) -> Rule {
    rule.options = Some(options);
    rule
}

/// Well after the patience of the caller, in milliseconds, also on a machine that is busy with other things.
pub const LATE: u64 = 1_000;

fn late() -> Value {
    json!({ "ms": LATE })
}

fn elsewhere() -> Value {
    // The discard port: nobody listens, and nobody may ask.
    json!({ "to": "http://127.0.0.1:9/" })
}

pub const RULES: &[Rule] = &[
    planted(same("latency", always(TIMEOUT)), late),
    planted(same("late_answer", always(TIMEOUT)), late),
    planted(same("did_late", always(TIMEOUT)), late),
    planted(rule("drip", always(TIMEOUT), Allowed { verdict: OK, ..always(TIMEOUT) }), late),
    same("dropped", always(LOST)),
    same("did_then_dropped", always(LOST)),
    same("stale_head", always(LOST)),
    same("status", always(&[What::Status(503)])),
    same("maintenance", always(&[What::Status(503)])),
    same("html", always(&[What::Status(500)])),
    same("did_then_failed", always(&[What::Status(500)])),
    same("error", always(REFUSED)),
    // WHMCS documents no such status, so it is the web server's and says nothing of the request.
    rule("rate_limited", always(&[What::Status(429)]), always(REFUSED)),
    rule("unauthorized", always(REFUSED), always(NO_SESSION)),
    same("forbidden", always(REFUSED)),
    planted(same("redirect", always(GARBLED)), elsewhere),
    // An update of Salesforce is answered by 204 without a body, to which some of these can do nothing.
    rule("login_page", always(GARBLED), no_json(GARBLED)),
    rule("null", always(GARBLED), no_json(GARBLED)),
    rule("empty", always(GARBLED), no_json(OK)),
    rule("truncated_json", always(GARBLED), no_json(OK)),
    rule("php_warning", always(GARBLED), no_json(GARBLED)),
    rule("trailing_garbage", always(GARBLED), no_json(GARBLED)),
    rule("bom", always(OK), no_json(GARBLED)),
    rule("invalid_utf8", always(GARBLED), Allowed { members: PERHAPS, ..no_json(GARBLED) }),
    rule("deep_nesting", always(GARBLED), Allowed { members: PERHAPS, ..no_json(GARBLED) }),
    rule("duplicate_keys", always(OK), hollow(GARBLED)),
    rule("null_fields", hollow(OK), hollow(GARBLED)),
    rule("wrong_types", hollow(GARBLED), hollow(GARBLED)),
    same("extra_fields", always(OK)),
    same("wrong_content_type", always(OK)),
    rule("cut", always(CUT), always(CUT)),
    rule("reset", always(CUT), always(CUT)),
    // Bytes that stop where it was announced are whole to whoever counts them.
    rule("wrong_length", always(CUT), Allowed { bytes: OK, ..always(CUT) }),
    same("huge", always(TOO_LARGE)),
    same("gzip_bomb", always(TOO_LARGE)),
];

/// The rule for a kind of fault.
pub fn rule_for(kind: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.kind == kind)
}

/// Calls that end otherwise than the rule of a kind, each for a reason.
pub const EXCEPTIONS: &[(&str, &str, &[What])] = &[
    // Words that are not WHMCS's own come from a server's or registrar's module, which may have done half of its work.
    ("AcceptOrder", "error", &[What::SetupFailed]),
    // Prices are read by whatever currencies there are, so that an empty one counts.
    ("GetProducts", "duplicate_keys", GARBLED),
    // Rights that cannot be read are none.
    ("GetUserPermissions", "wrong_types", OK),
    // Needs no session, so that a refused one is not renewed.
    ("versions", "unauthorized", REFUSED),
];

/// What may come of a fault for a call.
pub fn allowed(rule: &Rule, target: &str, call: &str, reads: Reads) -> Vec<What> {
    if let Some((_, _, what)) = EXCEPTIONS.iter().find(|(name, kind, _)| *name == call && *kind == rule.kind)
    {
        return what.to_vec();
    }
    let allowed = rule.allowed(target).by(reads).iter().copied();
    if call != "token" {
        return allowed.collect();
    }
    // Whatever becomes of a login: without one nothing is sent.
    allowed.map(|what| if what == What::Success { what } else { What::NoSession }).collect()
}
