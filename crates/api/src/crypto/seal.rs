//! Authenticated encryption of single values: XChaCha20-Poly1305 in a self-describing envelope.
//!
//! Envelope: `version (1) | suite (1) | key id length (1) | key id | nonce (24) | ciphertext and tag`.
//! The header and the place of the value are authenticated, so a value copied to another row, column or key
//! does not open. Opening foreign bytes gives an error, never a panic.

use std::fmt;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::keys::{KeyRing, Purpose};
use super::random::Random;

const VERSION: u8 = 1;
/// XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03): its nonce is long enough to be drawn at random.
const SUITE: u8 = 1;
const NONCE_LENGTH: usize = 24;

/// What a sealed value belongs to. It is authenticated but not stored in the envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aad<'a> {
    /// A column of a row.
    Column {
        /// Table name.
        table: &'static str,
        /// Column name.
        column: &'static str,
        /// The row's id; ids are made by the portal before the row exists.
        row: Uuid,
        /// Version of the value's own format.
        schema: u16,
    },
    /// A value of a cache, bound to the whole key under which it lies.
    CacheKey(&'a [u8]),
}

impl Aad<'_> {
    /// An unambiguous encoding: a tag, then each part with its length.
    fn encode(&self, header: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(128);
        part(&mut bytes, header);
        match self {
            Self::Column { table, column, row, schema } => {
                bytes.push(1);
                part(&mut bytes, table.as_bytes());
                part(&mut bytes, column.as_bytes());
                part(&mut bytes, row.as_bytes());
                part(&mut bytes, &schema.to_be_bytes());
            }
            Self::CacheKey(key) => {
                bytes.push(2);
                part(&mut bytes, key);
            }
        }
        bytes
    }
}

fn part(bytes: &mut Vec<u8>, part: &[u8]) {
    let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(part);
}

/// Why a value could not be sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The bytes are not an envelope of a known version and suite.
    #[error("not a sealed value")]
    Malformed,
    /// The envelope names a key that the ring does not hold.
    #[error("sealed under a key that is not in the ring")]
    UnknownKey,
    /// The value was changed, or belongs to another place or purpose.
    #[error("sealed value does not authenticate")]
    Tampered,
    /// The value is too long to be sealed.
    #[error("value too long to be sealed")]
    TooLong,
}

/// Seals and opens values of one purpose.
#[derive(Clone)]
pub struct Sealer {
    keys: KeyRing,
    random: Random,
    purpose: Purpose,
}

impl Sealer {
    /// A sealer under the ring's keys for `purpose`; nonces come from `random`.
    #[must_use]
    pub const fn new(keys: KeyRing, random: Random, purpose: Purpose) -> Self {
        Self { keys, random, purpose }
    }

    /// Seals under the active key.
    pub fn seal(&self, aad: &Aad<'_>, plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
        let (id, key) = self.keys.active(self.purpose);
        let id = id.as_str().as_bytes();
        let id_length = u8::try_from(id.len()).map_err(|_| SealError::TooLong)?;
        let nonce: [u8; NONCE_LENGTH] = self.random.bytes();
        let mut envelope = vec![VERSION, SUITE, id_length];
        envelope.extend_from_slice(id);
        let bound = aad.encode(&envelope);
        let payload = Payload { msg: plaintext, aad: &bound };
        let ciphertext = XChaCha20Poly1305::new(key.into())
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| SealError::TooLong)?;
        envelope.extend_from_slice(&nonce);
        envelope.extend_from_slice(&ciphertext);
        Ok(envelope)
    }

    /// Opens a value sealed for the same place under any key of the ring.
    pub fn open(&self, aad: &Aad<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let envelope = Envelope::parse(sealed).ok_or(SealError::Malformed)?;
        let key = self.keys.by_id(envelope.key_id, self.purpose).ok_or(SealError::UnknownKey)?;
        let bound = aad.encode(envelope.header);
        let payload = Payload { msg: envelope.ciphertext, aad: &bound };
        XChaCha20Poly1305::new(key.into())
            .decrypt(&XNonce::from(*envelope.nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| SealError::Tampered)
    }

    /// Whether the value lies under a key that is no longer the active one, and should be sealed anew.
    pub fn is_outdated(&self, sealed: &[u8]) -> Result<bool, SealError> {
        let envelope = Envelope::parse(sealed).ok_or(SealError::Malformed)?;
        Ok(envelope.key_id != self.keys.active_id().as_str().as_bytes())
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

struct Envelope<'a> {
    header: &'a [u8],
    key_id: &'a [u8],
    nonce: &'a [u8; NONCE_LENGTH],
    ciphertext: &'a [u8],
}

impl<'a> Envelope<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let [VERSION, SUITE, id_length, rest @ ..] = bytes else { return None };
        let (key_id, rest) = rest.split_at_checked(usize::from(*id_length))?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_LENGTH>()?;
        let (header, _) = bytes.split_at_checked(3 + key_id.len())?;
        Some(Self { header, key_id, nonce, ciphertext })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OLD: &str = "old:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    const NEW: &str = "new:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

    fn sealer(ring: &str, purpose: Purpose) -> Sealer {
        Sealer::new(KeyRing::parse(ring).unwrap(), Random::seeded(1), purpose)
    }

    fn place(row: u128) -> Aad<'static> {
        Aad::Column { table: "users", column: "email", row: Uuid::from_u128(row), schema: 1 }
    }

    #[test]
    fn opens_in_its_place_only() {
        let pii = sealer(OLD, Purpose::Pii);
        let sealed = pii.seal(&place(1), b"ada@example.com").unwrap();
        assert_eq!(pii.open(&place(1), &sealed).unwrap().as_slice(), b"ada@example.com");
        let elsewhere = [
            place(2),
            Aad::Column { table: "users", column: "name", row: Uuid::from_u128(1), schema: 1 },
            Aad::Column { table: "other", column: "email", row: Uuid::from_u128(1), schema: 1 },
            Aad::Column { table: "users", column: "email", row: Uuid::from_u128(1), schema: 2 },
            Aad::CacheKey(b"users"),
        ];
        for aad in elsewhere {
            assert_eq!(pii.open(&aad, &sealed).unwrap_err(), SealError::Tampered);
        }
    }

    #[test]
    fn a_value_of_one_purpose_does_not_open_under_another() {
        let sealed = sealer(OLD, Purpose::Pii).seal(&place(1), b"x").unwrap();
        assert_eq!(sealer(OLD, Purpose::Cache).open(&place(1), &sealed).unwrap_err(), SealError::Tampered);
    }

    #[test]
    fn rotation_reads_old_values_and_writes_under_the_new_key() {
        let before = sealer(OLD, Purpose::Pii).seal(&place(1), b"x").unwrap();
        let rotated = sealer(&format!("{NEW},{OLD}"), Purpose::Pii);
        assert_eq!(rotated.open(&place(1), &before).unwrap().as_slice(), b"x");
        assert!(rotated.is_outdated(&before).unwrap());
        let after = rotated.seal(&place(1), b"x").unwrap();
        assert!(!rotated.is_outdated(&after).unwrap());
        assert_eq!(sealer(OLD, Purpose::Pii).open(&place(1), &after).unwrap_err(), SealError::UnknownKey);
        assert!(sealer(NEW, Purpose::Pii).open(&place(1), &after).is_ok());
    }

    #[test]
    fn equal_plaintexts_seal_differently() {
        let pii = sealer(OLD, Purpose::Pii);
        assert_ne!(pii.seal(&place(1), b"x").unwrap(), pii.seal(&place(1), b"x").unwrap());
    }

    proptest! {
        #[test]
        fn any_plaintext_comes_back(plaintext in proptest::collection::vec(any::<u8>(), 0..512)) {
            let pii = sealer(OLD, Purpose::Pii);
            let sealed = pii.seal(&place(1), &plaintext).unwrap();
            prop_assert_eq!(&*pii.open(&place(1), &sealed).unwrap(), &plaintext);
        }

        #[test]
        fn any_changed_byte_is_refused(index in any::<prop::sample::Index>(), flip in 1_u8..) {
            let pii = sealer(OLD, Purpose::Pii);
            let mut sealed = pii.seal(&place(1), b"ada@example.com").unwrap();
            let index = index.index(sealed.len());
            sealed[index] ^= flip;
            prop_assert!(pii.open(&place(1), &sealed).is_err());
        }

        #[test]
        fn foreign_bytes_are_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..128)) {
            prop_assert!(sealer(OLD, Purpose::Pii).open(&place(1), &bytes).is_err());
        }

        #[test]
        fn cut_envelopes_are_refused(length in 0_usize..60) {
            let pii = sealer(OLD, Purpose::Pii);
            let sealed = pii.seal(&place(1), b"ada@example.com").unwrap();
            let length = length.min(sealed.len() - 1);
            prop_assert!(pii.open(&place(1), &sealed[..length]).is_err());
        }
    }
}
