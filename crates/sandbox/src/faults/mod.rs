//! Faults that the control API plants, and the one place where they act on an HTTP exchange.

mod bomb;
mod deliver;
mod distort;
mod kind;
mod waiting;
pub mod wire;

use std::time::Duration;

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::answer::Answer;
use crate::world::{Shared, World};
pub use kind::{Done, Kind, catalogue};
pub use waiting::Waiting;

/// Which simulated system a fault or a logged request belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    Whmcs,
    Salesforce,
    Smtp,
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
    /// Milliseconds to wait.
    #[serde(default)]
    pub ms: u64,
    pub status: Option<u16>,
    pub message: Option<String>,
    pub code: Option<String>,
    /// `Retry-After` in seconds.
    pub retry_after: Option<u64>,
    /// Where a redirect leads: an absolute http or https address.
    pub to: Option<String>,
    /// Length of a body, or of a piece of it.
    pub bytes: Option<u64>,
    /// How many bytes more (or, negative, fewer) are announced than sent.
    pub delta: Option<i64>,
    /// Only calls that name this WHMCS client.
    pub client_id: Option<u64>,
    /// How many matching calls go by before it acts.
    #[serde(default)]
    pub after: u64,
    /// How often it acts; `null` = until cleared.
    pub times: Option<u32>,
}

impl Fault {
    /// Whether it makes sense, else why not.
    pub fn check(&self) -> Result<(), String> {
        if self.status.is_some_and(|status| !(200..600).contains(&status)) {
            return Err("status is an HTTP status or an SMTP reply code from 200 to 599".to_owned());
        }
        if !self.kind.fits(self.target) {
            return Err(format!("{} means nothing to this target", self.kind.name()));
        }
        let web = |to: &str| {
            Url::parse(to).is_ok_and(|to| to.has_host() && ["http", "https"].contains(&to.scheme()))
        };
        if self.to.as_deref().is_some_and(|to| !web(to)) {
            return Err("to is an absolute http or https address".to_owned());
        }
        let missing = self.kind.needs().iter().find(|option| match **option {
            "ms" => self.ms == 0,
            _ => self.to.is_none(),
        });
        missing.map_or(Ok(()), |option| Err(format!("{} needs {option}", self.kind.name())))
    }

    fn matches(&self, call: &Call) -> bool {
        let named = self.action == "*" || self.action.eq_ignore_ascii_case(&call.action);
        let whose = self.client_id.is_none_or(|client| call.client_id == Some(client));
        named && whose && self.target == call.target && self.times != Some(0)
    }
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
    /// Before the work.
    pub wait: Duration,
    pub fault: Option<Fault>,
}

impl Drawn {
    /// Between the work and the answer.
    pub fn hold(&self) -> Duration {
        match &self.fault {
            Some(fault) if fault.kind == Kind::LateAnswer => Duration::from_millis(fault.ms),
            _ => Duration::ZERO,
        }
    }
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

    /// Takes one fault away; false when there is none with that id.
    pub fn remove(&mut self, id: u64) -> bool {
        let before = self.planted.len();
        self.planted.retain(|fault| fault.id != id);
        self.planted.len() < before
    }

    pub fn list(&self) -> &[Fault] {
        &self.planted
    }

    /// Takes the faults for one exchange: every matching latency up to and including the first other fault.
    pub fn draw(&mut self, call: &Call) -> Drawn {
        let mut drawn = Drawn::default();
        if self.planted.is_empty() {
            return drawn;
        }
        for fault in self.planted.iter_mut().filter(|fault| fault.matches(call)) {
            if fault.after > 0 {
                fault.after -= 1;
                continue;
            }
            fault.times = fault.times.map(|left| left - 1);
            if matches!(fault.kind, Kind::Latency | Kind::DidLate) {
                drawn.wait += Duration::from_millis(fault.ms);
            }
            if fault.kind != Kind::Latency {
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

/// Carries out `act` under the planted faults and writes the request log.
pub async fn serve(
    shared: &Shared,
    call: Call,
    refuse: fn(&Fault) -> Answer,
    act: impl FnOnce(&mut World) -> Answer,
) -> HttpResponse {
    let drawn = shared.world().faults.draw(&call);
    let hold = drawn.hold();
    let waiting = (!drawn.wait.is_zero() || !hold.is_zero()).then(|| shared.waiting.enter());
    if !drawn.wait.is_zero() {
        tokio::time::sleep(drawn.wait).await;
    }
    let delivery = {
        let mut world = shared.world();
        let delivery = deliver::deliver(drawn.fault.as_ref(), refuse, || act(&mut world));
        world.log(call, delivery.status());
        delivery
    };
    if !hold.is_zero() {
        tokio::time::sleep(hold).await;
    }
    drop(waiting);
    wire::response(delivery)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Call, Fault, Faults, Kind, Target};

    fn fault(options: &serde_json::Value) -> Fault {
        let mut fault = json!({"target": "whmcs", "action": "GetInvoices"});
        for (name, value) in options.as_object().unwrap() {
            fault[name] = value.clone();
        }
        serde_json::from_value(fault).unwrap()
    }

    fn call() -> Call {
        Call::new(Target::Whmcs, "getinvoices")
    }

    #[test]
    fn latencies_add_up_and_the_first_other_fault_ends_the_draw() {
        let mut faults = Faults::default();
        faults.plant(fault(&json!({"kind": "latency", "ms": 5})));
        faults.plant(fault(&json!({"kind": "latency", "ms": 7, "times": 1})));
        faults.plant(fault(&json!({"kind": "null", "times": 1})));
        faults.plant(fault(&json!({"kind": "html", "times": 1})));
        let first = faults.draw(&call());
        assert_eq!(first.wait.as_millis(), 12);
        assert_eq!(first.fault.unwrap().kind, Kind::Null);
        let second = faults.draw(&call());
        assert_eq!(second.wait.as_millis(), 5);
        assert_eq!(second.fault.unwrap().kind, Kind::Html);
        assert_eq!(faults.list().len(), 1);
        assert!(faults.draw(&Call::new(Target::Salesforce, "GetInvoices")).wait.is_zero());
    }

    #[test]
    fn a_fault_can_wait_for_the_nth_call_of_one_client() {
        let mut faults = Faults::default();
        faults.plant(fault(&json!({"kind": "html", "after": 2, "times": 1, "client_id": 42})));
        let of = |client| Call { client_id: client, ..call() };
        let hits: Vec<bool> = [Some(42), Some(7), None, Some(42), Some(42), Some(42)]
            .into_iter()
            .map(|client| faults.draw(&of(client)).fault.is_some())
            .collect();
        assert_eq!(hits, [false, false, false, false, true, false]);
    }
}
