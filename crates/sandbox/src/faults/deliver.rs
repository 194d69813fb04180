//! What each kind of fault makes of an answer.

use std::time::Duration;

use bytes::Bytes;

use super::{Done, Fault, Kind, Target, bomb, distort};
use crate::answer::Answer;

/// Size of an endless body when the fault does not say.
const HUGE: u64 = 256 << 20;

/// What reaches the caller.
#[derive(Debug)]
pub enum Delivery {
    Whole(Answer),
    /// Announces the whole, sends half, closes.
    Cut(Answer),
    /// Announces `delta` bytes more than it sends.
    Length(Answer, i64),
    /// Sends `bytes` bytes after each wait.
    Drip(Answer, usize, Duration),
    /// The body, then spaces up to so many bytes.
    Huge(Answer, u64),
    /// Sends the head and half the body, then resets the connection.
    Reset(Answer),
    /// Bytes that are no HTTP message; with the status they pretend to have.
    Raw(Bytes),
    Nothing,
}

impl Delivery {
    /// What the request log says.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Whole(answer)
            | Self::Cut(answer)
            | Self::Length(answer, _)
            | Self::Drip(answer, _, _)
            | Self::Huge(answer, _)
            | Self::Reset(answer) => Some(answer.status),
            Self::Raw(_) | Self::Nothing => None,
        }
    }
}

impl Delivery {
    /// No content may follow a 204: where there is some now, it is a 200.
    fn admit_content(&mut self) {
        match self {
            Self::Whole(answer) | Self::Drip(answer, _, _) if answer.body.is_empty() => {}
            Self::Whole(answer)
            | Self::Cut(answer)
            | Self::Length(answer, _)
            | Self::Drip(answer, _, _)
            | Self::Huge(answer, _)
            | Self::Reset(answer)
                if answer.status == 204 =>
            {
                answer.status = 200;
            }
            _ => {}
        }
    }
}

type Refuse = fn(&Fault) -> Answer;

pub fn deliver(fault: Option<&Fault>, refuse: Refuse, act: impl FnOnce() -> Answer) -> Delivery {
    match fault {
        None => Delivery::Whole(act()),
        Some(fault) if fault.kind.done() == Done::No => instead(fault, refuse),
        Some(fault) => afterwards(fault, act()),
    }
}

/// The kinds that do nothing.
fn instead(fault: &Fault, refuse: Refuse) -> Delivery {
    let whole = match fault.kind {
        Kind::Status | Kind::Error => refusal(fault, refuse),
        Kind::Html => broken_page(fault),
        Kind::Redirect => Answer::redirect(fault.status.unwrap_or(302), fault.to.clone().unwrap_or_default()),
        Kind::LoginPage => Answer::new(200, "text/html; charset=utf-8", LOGIN_PAGE),
        Kind::RateLimited => refusal(&as_status(fault, 429), refuse),
        // WHMCS refuses all access with 403; the text tells why.
        Kind::Unauthorized if fault.target == Target::Whmcs => refusal(&as_status(fault, 403), refuse),
        Kind::Unauthorized => refusal(&as_status(fault, 401), refuse),
        Kind::Forbidden => refusal(&as_status(fault, 403), refuse),
        Kind::Maintenance => {
            let fault = Fault { status: Some(503), ..fault.clone() };
            broken_page(&fault).with("Retry-After", fault.retry_after.unwrap_or(120).to_string())
        }
        Kind::StaleHead => {
            return Delivery::Raw(Bytes::from_static(
                b"HTTP/1.1 200 OK\r\n\x16\x03\x01 not a header\r\n<html>\x00\x01\x02\r\n\r\n",
            ));
        }
        _ => return Delivery::Nothing,
    };
    Delivery::Whole(whole)
}

/// The kinds that spoil the answer to what was done.
fn afterwards(fault: &Fault, answer: Answer) -> Delivery {
    let silent = answer.status == 204;
    let mut delivery = spoilt(fault, answer);
    if silent {
        delivery.admit_content();
    }
    delivery
}

fn spoilt(fault: &Fault, mut answer: Answer) -> Delivery {
    let distort = |mut answer: Answer, change: fn(&[u8]) -> Bytes| {
        answer.body = change(&answer.body);
        Delivery::Whole(answer)
    };
    match fault.kind {
        Kind::DidThenFailed => Delivery::Whole(broken_page(fault)),
        Kind::DidThenDropped | Kind::DidLate => Delivery::Nothing,
        Kind::Cut => Delivery::Cut(answer),
        Kind::Reset => Delivery::Reset(answer),
        Kind::WrongLength => Delivery::Length(answer, fault.delta.unwrap_or(-1)),
        Kind::Huge => Delivery::Huge(answer, fault.bytes.unwrap_or(HUGE)),
        Kind::Drip => {
            let bytes = fault.bytes.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(1).max(1);
            let wait = if fault.ms == 0 { 100 } else { fault.ms };
            Delivery::Drip(answer, bytes, Duration::from_millis(wait))
        }
        Kind::GzipBomb => {
            answer.body = bomb::gzip(&answer.body, fault.bytes.unwrap_or(bomb::EXPANDED));
            Delivery::Whole(answer.with("Content-Encoding", "gzip"))
        }
        Kind::WrongContentType => {
            answer.headers.retain(|(name, _)| *name != "Content-Type");
            Delivery::Whole(answer.with("Content-Type", "text/html; charset=iso-8859-1"))
        }
        Kind::Empty => distort(answer, |_| Bytes::new()),
        Kind::Null => distort(answer, |_| Bytes::from_static(b"null")),
        Kind::WrongTypes => distort(answer, distort::wrong_types),
        Kind::TruncatedJson => distort(answer, distort::truncated),
        Kind::InvalidUtf8 => distort(answer, distort::invalid_utf8),
        Kind::TrailingGarbage => distort(answer, distort::trailing_garbage),
        Kind::PhpWarning => distort(answer, distort::php_warning),
        Kind::Bom => distort(answer, distort::byte_order_mark),
        Kind::DuplicateKeys => distort(answer, distort::duplicate_keys),
        Kind::DeepNesting => distort(answer, distort::deep_nesting),
        Kind::ExtraFields => distort(answer, distort::extra_fields),
        Kind::NullFields => distort(answer, distort::null_fields),
        _ => Delivery::Whole(answer),
    }
}

/// The target's own form, with `Retry-After` when the fault has one.
fn refusal(fault: &Fault, refuse: Refuse) -> Answer {
    let answer = refuse(fault);
    match fault.retry_after {
        Some(seconds) => answer.with("Retry-After", seconds.to_string()),
        None => answer,
    }
}

/// The fault as a refusal with `status`, with the words the target uses for it.
fn as_status(fault: &Fault, status: u16) -> Fault {
    let (message, code) = match (fault.target, fault.kind) {
        (Target::Whmcs, Kind::Unauthorized) => (Some("Authentication Failed"), None),
        (Target::Whmcs, Kind::Forbidden) => (Some("Invalid IP 203.0.113.9"), None),
        (Target::Salesforce, Kind::Forbidden) => {
            (Some("insufficient access rights on cross-reference id"), Some("INSUFFICIENT_ACCESS"))
        }
        (Target::Salesforce, Kind::RateLimited) => {
            (Some("Too many requests"), Some("REQUEST_LIMIT_EXCEEDED"))
        }
        _ => (None, None),
    };
    Fault {
        status: Some(status),
        message: fault.message.clone().or_else(|| message.map(str::to_owned)),
        code: fault.code.clone().or_else(|| code.map(str::to_owned)),
        ..fault.clone()
    }
}

/// The page PHP and proxies give when something died.
fn broken_page(fault: &Fault) -> Answer {
    let reason = crate::html::escape(fault.message.as_deref().unwrap_or("Something went wrong"));
    let page = format!(
        "<!DOCTYPE html><html><head><title>Oops!</title></head><body><h1>Oops!</h1><p>{reason}</p></body></html>"
    );
    Answer::new(fault.status.unwrap_or(500), "text/html; charset=utf-8", page)
}

/// What a captive portal, a proxy or an administrator's lock shows instead of an API.
const LOGIN_PAGE: &str = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in</h1>\
    <form method=\"post\" action=\"/dologin.php\"><input name=\"username\"><input name=\"password\" type=\"password\">\
    <button>Login</button></form></body></html>";
