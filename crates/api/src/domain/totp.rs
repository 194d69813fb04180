//! Codes of authenticator apps (RFC 6238): SHA-1, six digits, thirty seconds, which every app knows.
//!
//! The code of now and the one before are taken, for people who type slowly and for clocks that are a little late; none of the future.
//! That a code works once is the store's business.

use totp_rs::{Builder, Totp, TotpError};
use zeroize::Zeroizing;

/// Bytes of a seed (RFC 4226, 4: the length of the hash).
pub const SEED_LENGTH: usize = 20;
/// Seconds of a step.
const STEP: u64 = 30;

/// An authenticator app's side of things.
pub struct Authenticator(Totp);

impl Authenticator {
    /// One that shares this seed.
    pub fn new(seed: &[u8]) -> Result<Self, TotpError> {
        Ok(Self(Builder::new().with_secret(seed).with_skew(0).build()?))
    }

    /// One with the names that an app shows.
    pub fn named(seed: &[u8], issuer: &str, account: &str) -> Result<Self, TotpError> {
        // A colon separates the two in the address that the app reads.
        let issuer = issuer.replace(':', " ");
        let builder = Builder::new().with_secret(seed).with_skew(0);
        Ok(Self(builder.with_issuer(Some(issuer)).with_account_name(account).build()?))
    }

    /// The step whose code this is, at this time in seconds.
    #[must_use]
    pub fn step_of(&self, code: &str, now: u64) -> Option<i64> {
        let step = [now, now.saturating_sub(STEP)].into_iter().find_map(|time| self.0.check(code, time))?;
        i64::try_from(step).ok()
    }

    /// The seed in base32, for typing.
    #[must_use]
    pub fn secret(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.secret().to_base32())
    }

    /// The `otpauth:` address of the key.
    pub fn uri(&self) -> Result<Zeroizing<String>, TotpError> {
        self.0.to_url().map(Zeroizing::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, cut to six digits.
    #[test]
    fn the_vectors_of_the_standard() {
        let app = Authenticator::new(b"12345678901234567890").unwrap();
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(app.step_of(code, time), i64::try_from(time / 30).ok(), "{time}");
        }
    }

    #[test]
    fn the_step_before_is_taken_and_no_other() {
        let app = Authenticator::new(b"12345678901234567890").unwrap();
        // The code of 1,111,111,080 to 1,111,111,109.
        let taken = |now| app.step_of("081804", now);
        assert_eq!(taken(1_111_111_079), None, "the future");
        assert_eq!(taken(1_111_111_080), Some(37_037_036));
        assert_eq!(taken(1_111_111_139), Some(37_037_036));
        assert_eq!(taken(1_111_111_140), None, "too old");
        for rubbish in ["", "08180", "0818040", "08180a", "+81804", " 81804"] {
            assert_eq!(app.step_of(rubbish, 1_111_111_109), None, "{rubbish:?}");
        }
    }

    #[test]
    fn the_address_names_issuer_and_account() {
        let app = Authenticator::named(&[7; SEED_LENGTH], "Portal: of Ada & Co", "ada@example.com").unwrap();
        let (uri, secret) = (app.uri().unwrap(), app.secret());
        assert_eq!(secret.len(), 32);
        assert_eq!(
            *uri,
            format!(
                "otpauth://totp/Portal%20%20of%20Ada%20%26%20Co:ada%40example.com?secret={}&issuer=Portal%20%20of%20Ada%20%26%20Co",
                *secret
            )
        );
    }
}
