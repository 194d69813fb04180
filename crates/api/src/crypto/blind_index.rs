//! Keyed hashes (HMAC-SHA256): look-up of sealed values, names of buckets, pseudonyms, peppers.
//!
//! The result is never truncated: a shortened blind index that must be unique would report addresses as taken
//! that are not. Normalising is the caller's business, in one place per kind of value.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::keys::{KeyId, KeyRing, Purpose};

/// Length of a keyed hash, in bytes.
pub const KEYED_HASH_LENGTH: usize = 32;

/// An HMAC-SHA256 under one key of the ring.
pub type KeyedHash = [u8; KEYED_HASH_LENGTH];

/// Block length of SHA-256. HMAC pads shorter keys with zeros to this length (RFC 2104, 2), so handing over the
/// padded key gives the same result through the constructor that cannot fail.
const BLOCK_LENGTH: usize = 64;

impl KeyRing {
    /// The keyed hash of `message` under the active key: for what is written.
    #[must_use]
    pub fn keyed_hash(&self, purpose: Purpose, message: &[u8]) -> KeyedHash {
        hmac_sha256(self.active(purpose).1, message)
    }

    /// The keyed hashes of `message` under every key, the active one first: for look-up while older keys are
    /// still in use.
    #[must_use]
    pub fn keyed_hashes(&self, purpose: Purpose, message: &[u8]) -> Vec<(KeyId, KeyedHash)> {
        self.all(purpose).map(|(id, key)| (id.clone(), hmac_sha256(key, message))).collect()
    }
}

fn hmac_sha256(key: &[u8; 32], message: &[u8]) -> KeyedHash {
    let mut block = zeroize::Zeroizing::new([0; BLOCK_LENGTH]);
    for (slot, byte) in block.iter_mut().zip(key) {
        *slot = *byte;
    }
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231 has no 32-byte key, so the padded key is compared with the constructor for any length.
    #[test]
    fn agrees_with_the_general_constructor() {
        let mut mac = Hmac::<Sha256>::new_from_slice(&[7; 32]).unwrap();
        mac.update(b"what do ya want for nothing?");
        let expected: KeyedHash = mac.finalize().into_bytes().into();
        assert_eq!(hmac_sha256(&[7; 32], b"what do ya want for nothing?"), expected);
    }

    #[test]
    fn differs_by_purpose_and_key_and_lists_the_active_key_first() {
        let ring = KeyRing::parse(
            "new:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=,old:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
        )
        .unwrap();
        let all = ring.keyed_hashes(Purpose::EmailIndex, b"ada");
        assert_eq!(all[0].0.as_str(), "new");
        assert_eq!(all[0].1, ring.keyed_hash(Purpose::EmailIndex, b"ada"));
        assert_ne!(all[0].1, all[1].1);
        assert_ne!(all[0].1, ring.keyed_hash(Purpose::RateLimit, b"ada"));
    }
}
