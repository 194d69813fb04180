//! Time-based one-time passwords (RFC 6238: HMAC-SHA-1, 30 seconds, six digits) of the people with a second factor.

use aws_lc_rs::hmac;

/// Seconds that one code lasts.
const STEP: u64 = 30;
/// Codes of this many steps before and after the present one are taken too, for clocks that are off.
const DRIFT: u64 = 1;

/// The secret of every demo person with a second factor; in base32 it is [`crate::demo::TOTP_SECRET`].
const SECRET: &[u8] = b"12345678901234567890";

/// The code of one step (RFC 4226, 5.3).
fn code(step: u64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, SECRET);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let digest = tag.as_ref();
    let offset = usize::from(digest.last().copied().unwrap_or_default() & 0x0f);
    let number =
        digest.iter().skip(offset).take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
}

/// The code that an authenticator shows at `seconds` since the epoch.
pub fn at(seconds: u64) -> String {
    code(seconds / STEP)
}

/// The step whose code `given` is, if it is near `seconds` and later than `used`: a code works once.
pub fn accept(given: &str, seconds: u64, used: Option<u64>) -> Option<u64> {
    let given: String = given.chars().filter(|c| !c.is_whitespace()).collect();
    let now = seconds / STEP;
    (now.saturating_sub(DRIFT)..=now.saturating_add(DRIFT))
        .find(|step| code(*step) == given)
        .filter(|step| used.is_none_or(|used| *step > used))
}

#[cfg(test)]
mod tests {
    use super::{accept, at};

    #[test]
    fn codes_are_those_of_the_rfc() {
        // RFC 6238, appendix B, the last six of the eight digits printed there.
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            assert_eq!(at(seconds), code);
        }
    }

    #[test]
    fn a_code_works_once_and_only_near_its_time() {
        let code = at(3_000);
        assert_eq!(accept(&code, 3_000, None), Some(100));
        assert_eq!(accept(&format!("{} {}", &code[..3], &code[3..]), 3_059, None), Some(100));
        assert_eq!(accept(&code, 3_000, Some(100)), None);
        assert_eq!(accept(&code, 3_060, None), None);
        assert_eq!(accept("", 3_000, None), None);
    }
}
