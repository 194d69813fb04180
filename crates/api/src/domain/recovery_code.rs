//! Recovery codes as people write them down: `7K-M3QXA-9TB2E`.
//!
//! The two signs before the first hyphen are the tag, by which the code's row is found; the ten after it are the secret, fifty random
//! bits. The alphabet (Crockford's base 32) has no letter that is taken for a digit, and what is read wrongly all the same is put right.

use zeroize::Zeroizing;

/// How many there are.
pub const COUNT: usize = 10;
/// Signs of the tag and of the secret.
const TAG: usize = 2;
const SECRET: usize = 10;
const GROUP: usize = 5;

/// Thirty-two signs, without I, L, O and U.
const ALPHABET: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M',
    'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];

/// A code in its one form: twelve signs without anything between them.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(Zeroizing<String>);

impl RecoveryCode {
    /// The code of these random bytes; each gives one sign.
    #[must_use]
    pub fn from_random(bytes: [u8; TAG + SECRET]) -> Self {
        let sign = |byte: u8| ALPHABET.get(usize::from(byte % 32)).copied().unwrap_or('0');
        Self(Zeroizing::new(bytes.into_iter().map(sign).collect()))
    }

    /// Reads what somebody typed: in any case, with spaces and hyphens anywhere.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut signs = Zeroizing::new(String::with_capacity(TAG + SECRET));
        for typed in text.chars().filter(|typed| !matches!(typed, ' ' | '-')) {
            let sign = match typed.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            if !ALPHABET.contains(&sign) || signs.len() == TAG + SECRET {
                return None;
            }
            signs.push(sign);
        }
        (signs.len() == TAG + SECRET).then_some(Self(signs))
    }

    /// What finds the code's row. Not secret.
    #[must_use]
    pub fn tag(&self) -> &str {
        self.0.get(..TAG).unwrap_or_default()
    }

    /// The whole code, to be hashed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is shown.
    #[must_use]
    pub fn shown(&self) -> String {
        let (tag, secret) = self.0.split_at_checked(TAG).unwrap_or_default();
        let (first, second) = secret.split_at_checked(GROUP).unwrap_or_default();
        format!("{tag}-{first}-{second}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn people_type_as_they_like() {
        let code = RecoveryCode::parse("7K-M3QXA-9TB2E").unwrap();
        assert_eq!((code.tag(), code.as_str()), ("7K", "7KM3QXA9TB2E"));
        for typed in ["7km3qxa9tb2e", " 7k m3qxa 9tb2e ", "7-K-M-3-Q-X-A-9-T-B-2-E", "7K M3QXA-9tb2e"] {
            assert!(RecoveryCode::parse(typed) == Some(code.clone()), "{typed}");
        }
        let misread = RecoveryCode::parse("oi-LOl0O-AAAAA").unwrap();
        assert_eq!(misread.as_str(), "01101 00AAAAA".replace(' ', ""));
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for typed in [
            "",
            "123456",
            "7K-M3QXA-9TB2",
            "7K-M3QXA-9TB2EE",
            "7K-M3QXA-9TB2U",
            "7K_M3QXA_9TB2E",
            "ÄK-M3QXA-9TB2E",
        ] {
            assert!(RecoveryCode::parse(typed).is_none(), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(bytes in any::<[u8; 12]>()) {
            let code = RecoveryCode::from_random(bytes);
            prop_assert_eq!(code.shown().len(), 14);
            prop_assert!(RecoveryCode::parse(&code.shown()) == Some(code));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            if let Some(code) = RecoveryCode::parse(&text) {
                prop_assert_eq!(code.as_str().len(), 12);
            }
        }
    }
}
