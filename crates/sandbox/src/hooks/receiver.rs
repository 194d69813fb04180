//! Who gets webhooks, how they are signed (Standard Webhooks), and the switches that make them arrive badly.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::delivery::{Delivery, State};
use crate::token;

/// Whose events a receiver hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Whmcs,
    Salesforce,
}

/// How deliveries go wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    /// How many copies of each message are sent; 0 and 1 send one.
    pub duplicate: u32,
    /// So many messages are collected, then sent in reverse.
    pub reorder: usize,
    /// Milliseconds on the sandbox's clock before the first attempt.
    pub delay_ms: i64,
    /// Nothing is sent until the next flush.
    pub hold: bool,
    /// Every nth message is lost.
    pub drop_every: u64,
    /// The next n messages are lost.
    pub drop_next: u64,
    /// Signed with a key that the receiver does not have.
    pub wrong_signature: bool,
    /// The timestamp is so many seconds old, and signed that way.
    pub old_timestamp: i64,
}

/// A registered receiver.
#[derive(Debug, Clone, Serialize)]
pub struct Receiver {
    pub id: u64,
    pub url: String,
    pub source: Source,
    /// Hook points or objects; empty means all.
    pub events: Vec<String>,
    #[serde(skip)]
    pub secrets: Vec<Vec<u8>>,
    pub switches: Switches,
    #[serde(skip)]
    pub seen: u64,
    #[serde(skip)]
    pub window: Vec<Delivery>,
}

/// A secret's bytes: after `whsec_` base64, else the text itself.
pub fn secret(text: &str) -> Result<Vec<u8>, &'static str> {
    let bytes = match text.strip_prefix("whsec_") {
        Some(encoded) => STANDARD.decode(encoded).map_err(|_| "after whsec_ comes base64")?,
        None => text.as_bytes().to_vec(),
    };
    if bytes.len() < 24 { Err("a secret has at least 24 bytes") } else { Ok(bytes) }
}

impl Receiver {
    pub fn wants(&self, source: Source, name: &str) -> bool {
        let named = self.events.is_empty() || self.events.iter().any(|event| event == "*" || event == name);
        self.source == source && named
    }

    /// What becomes of one event: nothing yet, one delivery, or several.
    pub fn take(&mut self, event: &'static str, body: &str, now: DateTime<Utc>) -> Vec<Delivery> {
        self.seen += 1;
        let lost = self.switches.drop_next > 0
            || (self.switches.drop_every > 0 && self.seen.is_multiple_of(self.switches.drop_every));
        self.switches.drop_next = self.switches.drop_next.saturating_sub(1);
        let delay = TimeDelta::try_milliseconds(self.switches.delay_ms).unwrap_or_default();
        let delivery = Delivery {
            id: format!("msg_{}", token::hex::<16>()),
            receiver: self.id,
            event,
            body: body.to_owned(),
            state: if lost { State::Dropped } else { State::Pending },
            due: (!self.switches.hold).then(|| now + delay),
            attempts: Vec::new(),
        };
        if lost {
            return vec![delivery];
        }
        let copies = usize::try_from(self.switches.duplicate.clamp(1, 100)).unwrap_or(1);
        let copies = std::iter::repeat_n(delivery, copies);
        if self.switches.reorder < 2 {
            let mut all = self.drain_window();
            all.extend(copies);
            return all;
        }
        self.window.extend(copies);
        if self.window.len() >= self.switches.reorder { self.drain_window() } else { Vec::new() }
    }

    /// The collected messages, last first.
    pub fn drain_window(&mut self) -> Vec<Delivery> {
        let mut all = std::mem::take(&mut self.window);
        all.reverse();
        all
    }

    /// The `webhook-timestamp` and `webhook-signature` of an attempt: one `v1,` part for each secret.
    pub fn sign(&self, id: &str, body: &str, now: DateTime<Utc>) -> (String, String) {
        let timestamp = now.timestamp().saturating_sub(self.switches.old_timestamp).to_string();
        let parts: Vec<String> = self
            .secrets
            .iter()
            .filter_map(|secret| {
                let wrong = [secret.as_slice(), b"wrong"].concat();
                let key = if self.switches.wrong_signature { &wrong } else { secret };
                let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
                mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
                Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
            })
            .collect();
        (timestamp, parts.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::{Receiver, Source, Switches, secret};

    #[test]
    fn the_signature_is_that_of_the_standard_webhooks_example() {
        let receiver = Receiver {
            id: 1,
            url: String::new(),
            source: Source::Whmcs,
            events: Vec::new(),
            secrets: vec![secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()],
            switches: Switches::default(),
            seen: 0,
            window: Vec::new(),
        };
        let now = DateTime::from_timestamp(1_614_265_330, 0).unwrap();
        let signed = receiver.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", "{\"test\": 2432232314}", now);
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signed, ("1614265330".to_owned(), expected.to_owned()));
        assert!(secret("short").is_err() && secret("whsec_***").is_err());
    }
}
