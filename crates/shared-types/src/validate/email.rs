//! Is this an e-mail address one could send to? The mailed code is the real proof.

use super::EMAIL_MAX;
use crate::problem::FieldCode;

/// Checks the form of an address: one `@`, a local part of up to 64 bytes, a domain with a dot and sane labels.
///
/// International addresses pass; quoted local parts and address literals do not, since nobody signs up with one.
pub fn email(value: &str) -> Result<(), FieldCode> {
    let value = value.trim();
    if value.is_empty() {
        return Err(FieldCode::Required);
    }
    if value.len() > EMAIL_MAX {
        return Err(FieldCode::TooLong);
    }
    match value.rsplit_once('@') {
        Some((local, domain)) if is_local_part(local) && is_domain(domain) => Ok(()),
        _ => Err(FieldCode::Email),
    }
}

fn is_local_part(local: &str) -> bool {
    let allowed = |c: char| {
        !c.is_ascii() && !c.is_control() && !c.is_whitespace()
            || c.is_ascii_alphanumeric()
            || "!#$%&'*+-/=?^_`{|}~.".contains(c)
    };
    (1..=64).contains(&local.len())
        && local.chars().all(allowed)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}

fn is_domain(domain: &str) -> bool {
    let mut labels = domain.split('.');
    let well_formed = domain.split('.').all(is_label);
    let top = labels.next_back().unwrap_or_default();
    let more_than_one = labels.next().is_some();
    well_formed && more_than_one && top.chars().count() >= 2 && !top.chars().all(|c| c.is_ascii_digit())
}

fn is_label(label: &str) -> bool {
    let allowed = |c: char| {
        c.is_ascii_alphanumeric() || c == '-' || (!c.is_ascii() && !c.is_control() && !c.is_whitespace())
    };
    (1..=63).contains(&label.len())
        && label.chars().all(allowed)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::email;

    #[test]
    fn accepts_addresses_that_people_have() {
        for good in [
            "ada@example.com",
            "a+tag@sub.example.co.uk",
            "josé@exämple.de",
            "o'hara@example.org",
            " ada@example.com ",
        ] {
            assert!(email(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn refuses_what_cannot_be_mailed() {
        let long = format!("{}@example.com", "a".repeat(65));
        for bad in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@example",
            "a b@example.com",
            "ada@exa mple.com",
            "ada@-a.com",
            ".ada@example.com",
            "a..b@example.com",
            "ada@example.c",
            "ada@127.0.0.1",
            "ada@example.com\0",
            "ada@exam\nple.com",
            &long,
        ] {
            assert!(email(bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in ".*") {
            let _ = email(&text);
        }
    }
}
