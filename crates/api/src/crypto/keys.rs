//! The key ring: root secrets in, one independent subkey per root and purpose out.
//!
//! A root never leaves this file: subkeys are derived when the ring is read, then the root is wiped.
//! No error and no `Debug` output here repeats any part of the input.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize as _, Zeroizing};

/// Length of a root secret and of each derived key, in bytes.
const KEY_LENGTH: usize = 32;
/// Longest key id, in bytes; its length must fit the one byte that the envelope gives it.
const MAX_KEY_ID_LENGTH: usize = 16;

/// What a derived key is for. Each purpose has its own key, so a value made for one says nothing about another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Sealing personal data in columns.
    Pii,
    /// Sealing the seeds of authenticator apps.
    Totp,
    /// Sealing private values in the shared cache.
    Cache,
    /// Sealing stored answers of idempotent requests.
    IdempotentResponse,
    /// Blind index of e-mail addresses.
    EmailIndex,
    /// Pepper of password hashes.
    PasswordPepper,
    /// Fingerprints of requests, which may hold passwords and codes.
    Fingerprint,
    /// Names of rate-limit buckets.
    RateLimit,
    /// Pseudonyms of people in logs.
    LogPseudonym,
    /// Signing access tokens.
    TokenSigning,
}

impl Purpose {
    /// The HKDF info label (RFC 5869, 3.2). Changing one makes everything under it unreadable.
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Pii => b"portal/v1/pii",
            Self::Totp => b"portal/v1/totp",
            Self::Cache => b"portal/v1/cache",
            Self::IdempotentResponse => b"portal/v1/idempotent-response",
            Self::EmailIndex => b"portal/v1/email-index",
            Self::PasswordPepper => b"portal/v1/password-pepper",
            Self::Fingerprint => b"portal/v1/fingerprint",
            Self::RateLimit => b"portal/v1/rate-limit",
            Self::LogPseudonym => b"portal/v1/log-pseudonym",
            Self::TokenSigning => b"portal/v1/token-signing",
        }
    }
}

/// Name of a root secret: 1 to 16 of `a-z`, `0-9`, `-`, `_`. Not secret; it is written beside what it sealed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyId(String);

impl KeyId {
    fn parse(text: &str) -> Option<Self> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        let fits = (1..=MAX_KEY_ID_LENGTH).contains(&text.len()) && text.chars().all(allowed);
        fits.then(|| Self(text.to_owned()))
    }

    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why the list of root secrets was refused. `position` counts entries from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRingError {
    /// There is no entry at all.
    #[error("the key ring is empty")]
    Empty,
    /// An entry is not of the form `id:base64`.
    #[error("key {position}: expected `id:base64`")]
    Form {
        /// Which entry.
        position: usize,
    },
    /// An id is not 1 to 16 characters of `a-z0-9-_`.
    #[error("key {position}: the id must be 1 to 16 of a-z, 0-9, - and _")]
    Id {
        /// Which entry.
        position: usize,
    },
    /// The secret is not standard base64 with padding.
    #[error("key {position}: the secret is not base64")]
    Base64 {
        /// Which entry.
        position: usize,
    },
    /// The secret does not decode to 32 bytes.
    #[error("key {position}: the secret must be 32 bytes")]
    Length {
        /// Which entry.
        position: usize,
    },
    /// Two entries share an id.
    #[error("key {position}: the id is taken by an earlier key")]
    DuplicateId {
        /// Which entry.
        position: usize,
    },
    /// A subkey could not be derived.
    #[error("key {position}: derivation failed")]
    Derivation {
        /// Which entry.
        position: usize,
    },
}

type Subkey = Zeroizing<[u8; KEY_LENGTH]>;

struct Entry {
    id: KeyId,
    pii: Subkey,
    totp: Subkey,
    cache: Subkey,
    idempotent_response: Subkey,
    email_index: Subkey,
    password_pepper: Subkey,
    fingerprint: Subkey,
    rate_limit: Subkey,
    log_pseudonym: Subkey,
    token_signing: Subkey,
}

impl Entry {
    fn parse(position: usize, text: &str) -> Result<Self, KeyRingError> {
        let (id, secret) = text.split_once(':').ok_or(KeyRingError::Form { position })?;
        let id = KeyId::parse(id.trim()).ok_or(KeyRingError::Id { position })?;
        let decoded = STANDARD.decode(secret.trim()).map_err(|_| KeyRingError::Base64 { position })?;
        let root = Zeroizing::new(decoded);
        if root.len() != KEY_LENGTH {
            return Err(KeyRingError::Length { position });
        }
        Self::derive(id, &root).map_err(|_: hkdf::InvalidLength| KeyRingError::Derivation { position })
    }

    fn derive(id: KeyId, root: &[u8]) -> Result<Self, hkdf::InvalidLength> {
        let hkdf = Hkdf::<Sha256>::new(None, root);
        let subkey = |purpose: Purpose| {
            let mut key = Zeroizing::new([0; KEY_LENGTH]);
            hkdf.expand(purpose.label(), key.as_mut_slice()).map(|()| key)
        };
        Ok(Self {
            id,
            pii: subkey(Purpose::Pii)?,
            totp: subkey(Purpose::Totp)?,
            cache: subkey(Purpose::Cache)?,
            idempotent_response: subkey(Purpose::IdempotentResponse)?,
            email_index: subkey(Purpose::EmailIndex)?,
            password_pepper: subkey(Purpose::PasswordPepper)?,
            fingerprint: subkey(Purpose::Fingerprint)?,
            rate_limit: subkey(Purpose::RateLimit)?,
            log_pseudonym: subkey(Purpose::LogPseudonym)?,
            token_signing: subkey(Purpose::TokenSigning)?,
        })
    }

    fn subkey(&self, purpose: Purpose) -> &[u8; KEY_LENGTH] {
        match purpose {
            Purpose::Pii => &self.pii,
            Purpose::Totp => &self.totp,
            Purpose::Cache => &self.cache,
            Purpose::IdempotentResponse => &self.idempotent_response,
            Purpose::EmailIndex => &self.email_index,
            Purpose::PasswordPepper => &self.password_pepper,
            Purpose::Fingerprint => &self.fingerprint,
            Purpose::RateLimit => &self.rate_limit,
            Purpose::LogPseudonym => &self.log_pseudonym,
            Purpose::TokenSigning => &self.token_signing,
        }
    }
}

/// All keys of the portal. The first root is active: it makes everything new. The others only read what they
/// made before, until it has been rewritten.
#[derive(Clone)]
pub struct KeyRing(Arc<Ring>);

struct Ring {
    active: Entry,
    retired: Vec<Entry>,
}

impl KeyRing {
    /// Reads `id:base64[,id:base64…]`, each secret 32 bytes in standard base64.
    pub fn parse(list: &str) -> Result<Self, KeyRingError> {
        if list.trim().is_empty() {
            return Err(KeyRingError::Empty);
        }
        let mut entries: Vec<Entry> = Vec::new();
        for (index, text) in list.split(',').enumerate() {
            let position = index + 1;
            let entry = Entry::parse(position, text.trim())?;
            if entries.iter().any(|earlier| earlier.id == entry.id) {
                return Err(KeyRingError::DuplicateId { position });
            }
            entries.push(entry);
        }
        let mut entries = entries.into_iter();
        let active = entries.next().ok_or(KeyRingError::Empty)?;
        Ok(Self(Arc::new(Ring { active, retired: entries.collect() })))
    }

    /// A ring of one fresh key, for development without configuration: what it seals dies with the process.
    pub fn ephemeral(random: &super::Random) -> Result<Self, KeyRingError> {
        let mut root = Zeroizing::new(random.bytes::<KEY_LENGTH>());
        let id = KeyId("ephemeral".to_owned());
        let entry = Entry::derive(id, root.as_slice());
        root.zeroize();
        let active = entry.map_err(|_| KeyRingError::Derivation { position: 1 })?;
        Ok(Self(Arc::new(Ring { active, retired: Vec::new() })))
    }

    /// Id of the key that makes everything new.
    #[must_use]
    pub fn active_id(&self) -> &KeyId {
        &self.0.active.id
    }

    /// The active key of a purpose.
    pub(super) fn active(&self, purpose: Purpose) -> (&KeyId, &[u8; KEY_LENGTH]) {
        (&self.0.active.id, self.0.active.subkey(purpose))
    }

    /// The key of a purpose by its id as read from an envelope.
    pub(super) fn by_id(&self, id: &[u8], purpose: Purpose) -> Option<&[u8; KEY_LENGTH]> {
        self.entries().find(|entry| entry.id.0.as_bytes() == id).map(|entry| entry.subkey(purpose))
    }

    /// Every key of a purpose, the active one first.
    pub(super) fn all(&self, purpose: Purpose) -> impl Iterator<Item = (&KeyId, &[u8; KEY_LENGTH])> {
        self.entries().map(move |entry| (&entry.id, entry.subkey(purpose)))
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        std::iter::once(&self.0.active).chain(&self.0.retired)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<&str> = self.entries().map(|entry| entry.id.as_str()).collect();
        f.debug_struct("KeyRing").field("ids", &ids).field("keys", &"[redacted]").finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    const TWO: &str = "k2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

    #[test]
    fn first_key_is_active_and_all_are_readable() {
        let ring = KeyRing::parse(&format!("{TWO}, {ONE}")).unwrap();
        assert_eq!(ring.active_id().as_str(), "k2");
        assert!(ring.by_id(b"k1", Purpose::Pii).is_some());
        assert!(ring.by_id(b"k3", Purpose::Pii).is_none());
    }

    #[test]
    fn refusals_name_the_position_and_never_the_content() {
        let refused = |list: &str| KeyRing::parse(list).unwrap_err();
        assert_eq!(refused("  "), KeyRingError::Empty);
        assert_eq!(refused("sesame"), KeyRingError::Form { position: 1 });
        assert_eq!(refused(&format!("{ONE},Sesame:AA==")), KeyRingError::Id { position: 2 });
        assert_eq!(refused(&format!("{ONE},k2:sesame!")), KeyRingError::Base64 { position: 2 });
        assert_eq!(refused("k1:c2VzYW1l"), KeyRingError::Length { position: 1 });
        assert_eq!(refused(&format!("{ONE},{ONE}")), KeyRingError::DuplicateId { position: 2 });
        assert_eq!(refused(&format!("{ONE},")), KeyRingError::Form { position: 2 });
        for list in ["sesame", "k1:sesame!", "k1:c2VzYW1l"] {
            assert!(!refused(list).to_string().contains("esame"));
        }
    }

    #[test]
    fn each_purpose_and_each_root_has_its_own_key() {
        let purposes = [
            Purpose::Pii,
            Purpose::Totp,
            Purpose::Cache,
            Purpose::IdempotentResponse,
            Purpose::EmailIndex,
            Purpose::PasswordPepper,
            Purpose::Fingerprint,
            Purpose::RateLimit,
            Purpose::LogPseudonym,
            Purpose::TokenSigning,
        ];
        let ring = KeyRing::parse(&format!("{ONE},{TWO}")).unwrap();
        let mut seen = std::collections::HashSet::new();
        for purpose in purposes {
            for (_, key) in ring.all(purpose) {
                assert!(seen.insert(*key), "{purpose:?}");
            }
        }
        assert_eq!(seen.len(), purposes.len() * 2);
    }

    #[test]
    fn debug_output_shows_ids_only() {
        let shown = format!("{:?}", KeyRing::parse(ONE).unwrap());
        assert_eq!(shown, r#"KeyRing { ids: ["k1"], keys: "[redacted]" }"#);
    }
}
