//! Faults that the control API plants, and the one place where they act on an HTTP exchange.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::body::{BodyStream, SizedStream};
use bytes::Bytes;
use futures::stream;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::world::{Shared, World};

/// Which simulated system a fault or a logged request belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    Whmcs,
    Salesforce,
    Smtp,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Wait `ms`, then go on with the next fault or the action.
    Latency,
    /// Not done; answered with `status` (default 503) in the target's own error form.
    Status,
    /// Not done; an HTML page with `status` (default 500).
    Html,
    /// Done; the body is `null`.
    Null,
    /// Done; the announced body breaks off half way.
    Cut,
    /// Done; the members of the answer have types no client can use.
    WrongTypes,
    /// Not done; the target's business error with `message` (and `code` for Salesforce).
    Error,
    /// Done; then an HTML page with `status` (default 500).
    DidThenFailed,
    /// Done; then the connection is closed without an answer.
    DidThenDropped,
    /// Not done; the connection is closed without an answer.
    Dropped,
}

/// A planted fault, as `POST /_control/faults` takes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    #[serde(skip_deserializing)]
    pub id: u64,
    pub target: Target,
    /// An action's name in any case, or `*`.
    pub action: String,
    pub kind: Kind,
    #[serde(default)]
    pub ms: u64,
    pub status: Option<u16>,
    pub message: Option<String>,
    pub code: Option<String>,
    /// `Retry-After` in seconds.
    pub retry_after: Option<u64>,
    /// How often it acts; `null` = until cleared.
    pub times: Option<u32>,
}

/// The planted faults, in the order they act.
#[derive(Debug, Default, Serialize)]
pub struct Faults {
    planted: Vec<Fault>,
    last: u64,
}

/// The faults that act on one exchange.
#[derive(Debug, Default)]
pub struct Drawn {
    pub wait: Duration,
    pub fault: Option<Fault>,
}

impl Faults {
    pub fn plant(&mut self, mut fault: Fault) -> u64 {
        self.last += 1;
        fault.id = self.last;
        self.planted.push(fault);
        self.last
    }

    pub fn clear(&mut self) {
        self.planted.clear();
    }

    pub fn list(&self) -> &[Fault] {
        &self.planted
    }

    /// Takes the faults for one exchange: every matching latency up to and including the first other fault.
    pub fn draw(&mut self, target: Target, action: &str) -> Drawn {
        let mut drawn = Drawn::default();
        for fault in &mut self.planted {
            let named = fault.action == "*" || fault.action.eq_ignore_ascii_case(action);
            if !named || fault.target != target || fault.times == Some(0) {
                continue;
            }
            fault.times = fault.times.map(|left| left - 1);
            if fault.kind == Kind::Latency {
                drawn.wait += Duration::from_millis(fault.ms);
            } else {
                drawn.fault = Some(fault.clone());
                break;
            }
        }
        self.planted.retain(|fault| fault.times != Some(0));
        drawn
    }
}

/// The exchange a handler is about to carry out.
#[derive(Debug)]
pub struct Call {
    pub target: Target,
    pub action: String,
    pub client_id: Option<u64>,
}

impl Call {
    pub fn new(target: Target, action: impl Into<String>) -> Self {
        Self { target, action: action.into(), client_id: None }
    }
}

/// What reaches the caller.
enum Delivery {
    Whole(Answer),
    Cut(Answer),
    Nothing,
}

/// Carries out `act` under the planted faults and writes the request log.
pub async fn serve(
    shared: &Shared,
    call: Call,
    refuse: fn(&Fault) -> Answer,
    act: impl FnOnce(&mut World) -> Answer,
) -> HttpResponse {
    let drawn = shared.world().faults.draw(call.target, &call.action);
    if !drawn.wait.is_zero() {
        tokio::time::sleep(drawn.wait).await;
    }
    let delivery = {
        let mut world = shared.world();
        let delivery = deliver(drawn.fault.as_ref(), refuse, || act(&mut world));
        let status = match &delivery {
            Delivery::Whole(answer) | Delivery::Cut(answer) => Some(answer.status),
            Delivery::Nothing => None,
        };
        world.log(call.target, &call.action, status, call.client_id);
        delivery
    };
    match delivery {
        Delivery::Whole(answer) => answer.into_response(),
        Delivery::Cut(answer) => cut(&answer),
        Delivery::Nothing => dropped(),
    }
}

fn deliver(fault: Option<&Fault>, refuse: fn(&Fault) -> Answer, act: impl FnOnce() -> Answer) -> Delivery {
    let Some(fault) = fault else { return Delivery::Whole(act()) };
    match fault.kind {
        Kind::Latency => Delivery::Whole(act()),
        Kind::Status | Kind::Error => {
            let mut answer = refuse(fault);
            if let Some(seconds) = fault.retry_after {
                answer = answer.with("Retry-After", seconds.to_string());
            }
            Delivery::Whole(answer)
        }
        Kind::Html => Delivery::Whole(broken_page(fault)),
        Kind::Dropped => Delivery::Nothing,
        Kind::Null => {
            let mut answer = act();
            answer.body = Bytes::from_static(b"null");
            Delivery::Whole(answer)
        }
        Kind::Cut => Delivery::Cut(act()),
        Kind::WrongTypes => {
            let mut answer = act();
            answer.body = wrong_types(&answer.body);
            Delivery::Whole(answer)
        }
        Kind::DidThenFailed => {
            act();
            Delivery::Whole(broken_page(fault))
        }
        Kind::DidThenDropped => {
            act();
            Delivery::Nothing
        }
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

/// Keeps the envelope readable and turns every other member into a type that means nothing there.
fn wrong_types(body: &[u8]) -> Bytes {
    fn twist(value: Value) -> Value {
        match value {
            Value::Object(members) => Value::Object(
                members
                    .into_iter()
                    .map(|(name, member)| {
                        let twisted = match member {
                            member if name == "result" => member,
                            Value::Array(_) | Value::Object(_) => json!("unexpected"),
                            scalar => json!({ "unexpected": scalar }),
                        };
                        (name, twisted)
                    })
                    .collect::<Map<_, _>>(),
            ),
            Value::Array(_) => json!("unexpected"),
            scalar => json!({ "unexpected": scalar }),
        }
    }
    serde_json::from_slice(body)
        .map_or_else(|_| Bytes::copy_from_slice(body), |value| Bytes::from(twist(value).to_string()))
}

fn closed() -> std::io::Error {
    std::io::Error::from(std::io::ErrorKind::ConnectionReset)
}

/// A body that fails before the head is flushed makes actix close the connection with nothing sent.
fn dropped() -> HttpResponse {
    HttpResponse::Ok().body(BodyStream::new(stream::once(async { Err::<Bytes, _>(closed()) })))
}

/// Announces the whole length, sends half, lets it reach the socket, then closes.
fn cut(answer: &Answer) -> HttpResponse {
    let whole = u64::try_from(answer.body.len()).unwrap_or(u64::MAX).max(2);
    let half = answer.body.slice(..answer.body.len() / 2);
    let body = stream::unfold(Some(half), |state| async {
        match state {
            Some(half) if !half.is_empty() => Some((Ok(half), Some(Bytes::new()))),
            Some(_) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Some((Err(closed()), None))
            }
            None => None,
        }
    });
    answer.builder().body(SizedStream::new(whole, Box::pin(body)))
}

#[cfg(test)]
mod tests {
    use super::{Fault, Faults, Kind, Target};

    fn fault(kind: Kind, ms: u64, times: Option<u32>) -> Fault {
        Fault {
            id: 0,
            target: Target::Whmcs,
            action: "GetInvoices".to_owned(),
            kind,
            ms,
            status: None,
            message: None,
            code: None,
            retry_after: None,
            times,
        }
    }

    #[test]
    fn latencies_add_up_and_the_first_other_fault_ends_the_draw() {
        let mut faults = Faults::default();
        faults.plant(fault(Kind::Latency, 5, None));
        faults.plant(fault(Kind::Latency, 7, Some(1)));
        faults.plant(fault(Kind::Null, 0, Some(1)));
        faults.plant(fault(Kind::Html, 0, Some(1)));
        let first = faults.draw(Target::Whmcs, "getinvoices");
        assert_eq!(first.wait.as_millis(), 12);
        assert_eq!(first.fault.unwrap().kind, Kind::Null);
        let second = faults.draw(Target::Whmcs, "GetInvoices");
        assert_eq!(second.wait.as_millis(), 5);
        assert_eq!(second.fault.unwrap().kind, Kind::Html);
        assert_eq!(faults.list().len(), 1);
        assert!(faults.draw(Target::Salesforce, "GetInvoices").wait.is_zero());
    }
}
