//! The mailbox: every message the SMTP receiver accepted.

use chrono::{DateTime, Utc};
use serde::Serialize;

/// A received message, decoded.
#[derive(Debug, Clone, Serialize)]
pub struct Message {
    pub id: u64,
    pub from: String,
    pub to: Vec<String>,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub received_at: DateTime<Utc>,
}

/// All messages, oldest first.
#[derive(Debug, Default, Serialize)]
pub struct Mailbox {
    pub messages: Vec<Message>,
    next: u64,
}

impl Mailbox {
    /// Stores `message` under the next id.
    pub fn deliver(&mut self, mut message: Message) -> u64 {
        self.next += 1;
        message.id = self.next;
        self.messages.push(message);
        self.next
    }

    /// Newest first, only those for `recipient` when one is given (any case).
    pub fn newest(&self, recipient: Option<&str>) -> impl Iterator<Item = &Message> {
        self.messages.iter().rev().filter(move |message| {
            recipient.is_none_or(|wanted| message.to.iter().any(|to| to.eq_ignore_ascii_case(wanted)))
        })
    }
}
