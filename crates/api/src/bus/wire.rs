//! Events as they travel through Redis: versioned JSON with the sender's id, at most [`MAX_BYTES`] long.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use shared_types::ids::UserId;
use uuid::Uuid;

use super::Event;
use crate::cache::{Namespace, Scope};

const VERSION: u32 = 1;
/// Longer messages are not read. The longest of ours has about 250 bytes.
const MAX_BYTES: usize = 1024;

#[derive(Serialize, Deserialize)]
struct Message {
    v: u32,
    from: Uuid,
    event: WireEvent,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum WireEvent {
    Invalidated {
        /// Absent for what everybody shares.
        user: Option<UserId>,
        namespace: String,
        generation: u64,
    },
    SessionRevoked {
        /// Hexadecimal, 64 digits.
        token_hash: String,
    },
    UserSessionsRevoked {
        user: UserId,
        epoch: u64,
    },
}

/// A message that is not one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum WireError {
    #[error("bus message too long")]
    TooLong,
    #[error("bus message is not of the known form")]
    Malformed,
    #[error("bus message of an unknown version")]
    UnknownVersion,
}

pub(super) fn encode(from: Uuid, event: &Event) -> Result<String, WireError> {
    let event = match event {
        Event::Invalidated { scope, namespace, generation } => WireEvent::Invalidated {
            user: match scope {
                Scope::Public => None,
                Scope::User(user) => Some(*user),
            },
            namespace: namespace.name().to_owned(),
            generation: *generation,
        },
        Event::SessionRevoked { token_hash } => WireEvent::SessionRevoked { token_hash: to_hex(token_hash) },
        Event::UserSessionsRevoked { user_id, epoch } => {
            WireEvent::UserSessionsRevoked { user: *user_id, epoch: *epoch }
        }
    };
    serde_json::to_string(&Message { v: VERSION, from, event }).map_err(|_| WireError::Malformed)
}

/// What all versions have. It is read first, since a later version may have events of another form.
#[derive(Deserialize)]
struct Version {
    v: u32,
}

/// The event, or `None` for an echo of what `own` sent.
pub(super) fn decode(own: Uuid, message: &[u8]) -> Result<Option<Event>, WireError> {
    if message.len() > MAX_BYTES {
        return Err(WireError::TooLong);
    }
    let Version { v } = serde_json::from_slice(message).map_err(|_| WireError::Malformed)?;
    if v != VERSION {
        return Err(WireError::UnknownVersion);
    }
    let Message { from, event, .. } = serde_json::from_slice(message).map_err(|_| WireError::Malformed)?;
    if from == own {
        return Ok(None);
    }
    let event = match event {
        WireEvent::Invalidated { user, namespace, generation } => Event::Invalidated {
            scope: user.map_or(Scope::Public, Scope::User),
            namespace: Namespace::from_name(&namespace).ok_or(WireError::Malformed)?,
            generation,
        },
        WireEvent::SessionRevoked { token_hash } => {
            Event::SessionRevoked { token_hash: from_hex(&token_hash).ok_or(WireError::Malformed)? }
        }
        WireEvent::UserSessionsRevoked { user, epoch } => Event::UserSessionsRevoked { user_id: user, epoch },
    };
    Ok(Some(event))
}

fn to_hex(bytes: &[u8; 32]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string cannot fail.
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let mut bytes = [0; 32];
    if pairs.len() != bytes.len() || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        *byte = u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SENDER: Uuid = Uuid::from_u128(1);
    const READER: Uuid = Uuid::from_u128(2);

    fn events() -> [Event; 4] {
        let user = UserId::from_uuid(Uuid::from_u128(7));
        [
            Event::Invalidated { scope: Scope::Public, namespace: Namespace::Catalog, generation: u64::MAX },
            Event::Invalidated { scope: Scope::User(user), namespace: Namespace::Invoices, generation: 1 },
            Event::SessionRevoked {
                token_hash: std::array::from_fn(|index| u8::try_from(index * 8).unwrap()),
            },
            Event::UserSessionsRevoked { user_id: user, epoch: 3 },
        ]
    }

    #[test]
    fn events_arrive_as_they_were_sent_and_within_the_cap() {
        for event in events() {
            let message = encode(SENDER, &event).unwrap();
            assert!(message.len() < MAX_BYTES / 2, "{}", message.len());
            assert_eq!(decode(READER, message.as_bytes()), Ok(Some(event)));
        }
    }

    #[test]
    fn echoes_are_ignored() {
        let message = encode(SENDER, &events()[0]).unwrap();
        assert_eq!(decode(SENDER, message.as_bytes()), Ok(None));
    }

    #[test]
    fn other_versions_and_forms_are_refused() {
        let message = encode(SENDER, &events()[2]).unwrap();
        let newer = message.replace("\"v\":1", "\"v\":2");
        assert_eq!(decode(READER, newer.as_bytes()), Err(WireError::UnknownVersion));
        let longer = format!("{message}{}", " ".repeat(MAX_BYTES));
        assert_eq!(decode(READER, longer.as_bytes()), Err(WireError::TooLong));
        let short_hash = message.replace("00081018", "");
        assert_ne!(short_hash, message);
        assert_eq!(decode(READER, short_hash.as_bytes()), Err(WireError::Malformed));
        let namespace = encode(SENDER, &events()[0]).unwrap().replace("catalog", "orders");
        assert_eq!(decode(READER, namespace.as_bytes()), Err(WireError::Malformed));
    }

    proptest! {
        #[test]
        fn foreign_bytes_are_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2048)) {
            prop_assert!(decode(READER, &bytes).is_err());
        }

        #[test]
        fn foreign_hashes_are_refused_without_a_panic(hash in "\\PC{0,70}") {
            let message = serde_json::json!({
                "v": 1, "from": SENDER, "event": {"kind": "session_revoked", "token_hash": hash}
            });
            let decoded = decode(READER, message.to_string().as_bytes());
            let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
            prop_assert_eq!(decoded.is_ok(), is_hash);
        }
    }
}
