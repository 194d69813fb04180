//! Names, passwords and codes.

use super::{CODE_DIGITS, NAME_MAX, PASSWORD_MAX, PASSWORD_MIN};
use crate::problem::FieldCode;

/// Most characters of a second factor's code, with what is typed between them.
const FACTOR_CODE_MAX: usize = 32;

/// A text of so many characters.
pub fn length(value: &str, min: usize, max: usize) -> Result<(), FieldCode> {
    match value.chars().count() {
        0 if min > 0 => Err(FieldCode::Required),
        count if count < min => Err(FieldCode::TooShort),
        count if count > max => Err(FieldCode::TooLong),
        _ => Ok(()),
    }
}

/// A name that must be given: 1 to 100 characters, none of them a control character.
pub fn name(value: &str) -> Result<(), FieldCode> {
    if value.trim().is_empty() {
        return Err(FieldCode::Required);
    }
    optional_name(value)
}

/// A name that may be empty.
pub fn optional_name(value: &str) -> Result<(), FieldCode> {
    if value.chars().count() > NAME_MAX {
        return Err(FieldCode::TooLong);
    }
    if value.chars().any(char::is_control) {
        return Err(FieldCode::Characters);
    }
    Ok(())
}

/// The bounds of a new password. Any character counts and nothing is trimmed; how easily it is guessed, the server judges.
pub fn password(value: &str) -> Result<(), FieldCode> {
    if value.is_empty() {
        return Err(FieldCode::Required);
    }
    if value.chars().count() < PASSWORD_MIN {
        return Err(FieldCode::TooShort);
    }
    if value.len() > PASSWORD_MAX {
        return Err(FieldCode::TooLong);
    }
    if value.contains('\0') {
        return Err(FieldCode::Characters);
    }
    Ok(())
}

/// A password to be checked, not chosen: it must be there, and of a length that is worth the work of hashing.
pub fn given_password(value: &str) -> Result<(), FieldCode> {
    if value.is_empty() {
        return Err(FieldCode::Required);
    }
    if value.len() > PASSWORD_MAX {
        return Err(FieldCode::TooLong);
    }
    Ok(())
}

/// A mailed code: six digits.
pub fn code(value: &str) -> Result<(), FieldCode> {
    if value.is_empty() {
        return Err(FieldCode::Required);
    }
    if value.len() != CODE_DIGITS || !value.bytes().all(|b| b.is_ascii_digit()) {
        return Err(FieldCode::Code);
    }
    Ok(())
}

/// The code of a second factor: six digits or a recovery code, which people type with spaces and hyphens.
pub fn factor_code(value: &str) -> Result<(), FieldCode> {
    let signs = value.bytes().filter(u8::is_ascii_alphanumeric).count();
    if signs == 0 {
        return Err(FieldCode::Required);
    }
    let known = value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-'));
    if !known || signs < CODE_DIGITS || value.len() > FACTOR_CODE_MAX {
        return Err(FieldCode::Code);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn password_bounds_are_characters_below_and_bytes_above() {
        assert!(password("elevenchars").is_err());
        assert!(password("twelve chars").is_ok());
        assert!(password("🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀").is_ok());
        assert!(password(&"x".repeat(128)).is_ok());
        assert!(password(&"x".repeat(129)).is_err());
        assert!(password("nul is \0 refused").is_err());
    }

    #[test]
    fn a_given_password_is_judged_by_its_length_only() {
        assert_eq!(given_password("").unwrap_err(), FieldCode::Required);
        assert_eq!(given_password(&"x".repeat(129)).unwrap_err(), FieldCode::TooLong);
        assert!(given_password("x").is_ok());
    }

    #[test]
    fn names_need_something_visible() {
        assert!(name("Ada").is_ok());
        assert!(name("   ").is_err());
        assert!(name("A\u{7}").is_err());
        assert!(name(&"é".repeat(100)).is_ok());
        assert!(name(&"é".repeat(101)).is_err());
        assert!(optional_name("").is_ok());
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        assert_eq!(length("éé", 2, 2), Ok(()));
        assert_eq!(length("", 1, 2), Err(FieldCode::Required));
        assert_eq!(length("é", 2, 2), Err(FieldCode::TooShort));
        assert_eq!(length("ééé", 2, 2), Err(FieldCode::TooLong));
    }

    #[test]
    fn codes_are_six_ascii_digits() {
        assert!(code("012345").is_ok());
        for bad in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "12 456"] {
            assert!(code(bad).is_err(), "{bad}");
        }
    }
}
