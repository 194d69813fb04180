//! Random hexadecimal tokens: SSO tokens, session cookies, access tokens.

use std::fmt::Write as _;

/// `bytes` random bytes in lower-case hexadecimal.
pub fn hex<const BYTES: usize>() -> String {
    rand::random::<[u8; BYTES]>().iter().fold(String::with_capacity(BYTES * 2), |mut text, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
