//! E-mail addresses in the one form in which the portal compares, indexes and sends to them.
//!
//! Normalising happens here and nowhere else, so that the blind index, the rate limits and the look-up at the
//! billing system agree on what "the same address" means.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

/// Longest address in bytes (RFC 5321, 4.5.3.1.3: a path of 256 with its angle brackets).
const MAX_LENGTH: usize = 254;
/// Longest part before the `@` in bytes (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL_LENGTH: usize = 64;

/// A normalised address: trimmed, NFC, lower case, the domain in its ASCII form (IDNA, UTS 46).
///
/// Dots and `+` tags are kept: only the receiving system knows whether they matter.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

/// The text is not an e-mail address that the portal accepts. Says nothing about the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an acceptable e-mail address")]
pub struct InvalidEmailAddress;

impl EmailAddress {
    /// Normalises and checks an address as typed.
    pub fn parse(text: &str) -> Result<Self, InvalidEmailAddress> {
        let (local, domain) = text.trim().rsplit_once('@').ok_or(InvalidEmailAddress)?;
        // Lower-casing can undo NFC, so NFC comes before and after it.
        let local: String = local.nfc().collect::<String>().to_lowercase().nfc().collect();
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| InvalidEmailAddress)?;
        let sound = !local.is_empty()
            && local.len() <= MAX_LOCAL_LENGTH
            && local.chars().all(is_local)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && !domain.is_empty()
            && local.len() + 1 + domain.len() <= MAX_LENGTH;
        if sound { Ok(Self(format!("{local}@{domain}"))) } else { Err(InvalidEmailAddress) }
    }

    /// The normalised text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Characters of an unquoted local part (RFC 5322, 3.2.3, with RFC 6531's addition of non-ASCII ones).
/// Quoted local parts are refused: they are unused in practice and a source of header injection.
fn is_local(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c)
    } else {
        !c.is_control() && !c.is_whitespace() && !is_invisible(c)
    }
}

/// Format characters that show nothing and would make two addresses look the same.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> String {
        EmailAddress::parse(text).unwrap().as_str().to_owned()
    }

    #[test]
    fn variants_of_one_address_are_one() {
        assert_eq!(parsed("  Ada@Example.COM \n"), "ada@example.com");
        assert_eq!(parsed("jos\u{e9}@b\u{fc}cher.example"), parsed("JOSE\u{301}@B\u{dc}CHER.example"));
        assert_eq!(parsed("a@b\u{fc}cher.example"), "a@xn--bcher-kva.example");
    }

    #[test]
    fn look_alikes_are_other_addresses() {
        // Cyrillic а, a full-width letter, a ligature: whoever owns one of them does not own the other.
        for other in ["\u{430}da@example.com", "\u{ff41}da@example.com", "ada@ex\u{430}mple.com"] {
            assert_ne!(parsed(other), "ada@example.com", "{other}");
        }
        // In a domain, UTS 46 folds what is the same to the resolver.
        assert_eq!(parsed("ada@\u{ff45}xample.com"), "ada@example.com");
        // The dotless and the dotted i of Turkish keep their difference, whatever the case.
        assert_ne!(parsed("\u{131}da@example.com"), parsed("ida@example.com"));
        assert_eq!(parsed("IDA@example.com"), "ida@example.com");
    }

    #[test]
    fn dots_and_tags_are_kept() {
        assert_eq!(parsed("a.d.a+portal@example.com"), "a.d.a+portal@example.com");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long_local = format!("{}@example.com", "a".repeat(65));
        let long = format!("a@{}.example", vec!["b".repeat(61); 4].join("."));
        for text in [
            "",
            "@",
            "ada",
            "ada@",
            "@example.com",
            "a b@example.com",
            "a@b@example.com",
            "a@exa mple.com",
            "a@example..com",
            ".a@example.com",
            "a..b@example.com",
            "\"a\"@example.com",
            "a\r\nBcc: x@example.com",
            "a\u{200b}@example.com",
            "a@[127.0.0.1]",
            &long_local,
            &long,
        ] {
            assert!(EmailAddress::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn debug_output_is_redacted() {
        let shown = format!("{:?}", EmailAddress::parse("ada@example.com").unwrap());
        assert!(!shown.contains("ada"));
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(local in "\\PC{1,20}", domain in "\\PC{1,12}\\.[a-z]{2,5}") {
            if let Ok(once) = EmailAddress::parse(&format!("{local}@{domain}")) {
                prop_assert_eq!(EmailAddress::parse(once.as_str()).unwrap(), once);
            }
        }

        #[test]
        fn any_text_is_taken_without_a_panic(text in "\\PC*") {
            let _ = EmailAddress::parse(&text);
        }
    }
}
