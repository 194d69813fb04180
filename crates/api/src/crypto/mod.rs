//! Keys, sealing, keyed hashes and randomness.
//!
//! The algorithms come from the `RustCrypto` crates; this module decides which key serves which purpose and
//! what each sealed value is bound to. It does no IO and knows no table beyond the names it is given.

mod blind_index;
mod keys;
mod random;
mod seal;
mod signing;

pub use blind_index::{KEYED_HASH_LENGTH, KeyedHash};
pub use keys::{KeyId, KeyRing, KeyRingError, Purpose};
pub use random::Random;
pub use seal::{Aad, SealError, Sealer};
pub use signing::{PublicKey, SignatureError, TokenSigner};
