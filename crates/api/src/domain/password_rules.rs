//! Is a new password good enough? Length is checked by shared-types; here it is judged how easily it is guessed.

use shared_types::{auth::SignupRequest, problem::FieldCode};
use zxcvbn::{Score, feedback::Warning, zxcvbn};

/// Passwords that everybody tries, beyond the lists inside zxcvbn: the famous examples of good ones.
const FAMOUS: &[&str] = &[
    "correct horse battery staple",
    "correcthorsebatterystaple",
    "correct-horse-battery-staple",
    "tr0ub4dor&3",
];

/// Longest part of a password that is judged: zxcvbn's work grows with the square of the length.
const JUDGED: usize = 64;

/// What a password may not be made of.
#[derive(Clone, Copy)]
pub struct Own<'a> {
    /// Address.
    pub email: &'a str,
    /// Given name.
    pub first_name: &'a str,
    /// Family name.
    pub last_name: &'a str,
    /// Company; may be empty.
    pub company_name: &'a str,
}

/// Why the password of a sign-up is refused, or nothing.
#[must_use]
pub fn refusal(request: &SignupRequest, app_name: &str, min: usize) -> Option<FieldCode> {
    let own = Own {
        email: &request.email,
        first_name: &request.first_name,
        last_name: &request.last_name,
        company_name: &request.company_name,
    };
    weakness(&request.password, &own, app_name, min)
}

/// Why a password is refused for somebody with these data, or nothing.
#[must_use]
pub fn weakness(password: &str, own: &Own<'_>, app_name: &str, min: usize) -> Option<FieldCode> {
    if password.chars().count() < min {
        return Some(FieldCode::TooShort);
    }
    let lower = password.to_lowercase();
    if FAMOUS.contains(&lower.as_str()) {
        return Some(FieldCode::PasswordCommon);
    }
    let email_name = own.email.split('@').next().unwrap_or_default();
    let own = [own.email, email_name, own.first_name, own.last_name, own.company_name, app_name];
    let judged: String = password.chars().take(JUDGED).collect();
    let own_words: Vec<&str> = own.into_iter().filter(|word| word.chars().count() >= 3).collect();
    if own_words.iter().any(|word| is_mostly(&lower, &word.to_lowercase())) {
        return Some(FieldCode::PasswordPersonal);
    }
    let verdict = zxcvbn(&judged, &own_words);
    let common = verdict.feedback().and_then(zxcvbn::feedback::Feedback::warning).is_some_and(|warning| {
        matches!(
            warning,
            Warning::ThisIsATop10Password | Warning::ThisIsATop100Password | Warning::ThisIsACommonPassword
        )
    });
    match verdict.score() {
        Score::Three | Score::Four => None,
        _ if common => Some(FieldCode::PasswordCommon),
        _ => Some(FieldCode::PasswordWeak),
    }
}

/// Whether at least half of the password is this one word.
fn is_mostly(password: &str, word: &str) -> bool {
    password.contains(word) && word.chars().count() * 2 >= password.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(password: &str) -> Option<FieldCode> {
        let request = SignupRequest {
            email: "ada@example.com".into(),
            password: password.into(),
            first_name: "Ada".into(),
            last_name: "Lovelace".into(),
            company_name: "Analytical Engines".into(),
        };
        refusal(&request, "Customer portal", 12)
    }

    #[test]
    fn judges_what_is_easily_guessed() {
        assert_eq!(judge("Correct Horse Battery Staple"), Some(FieldCode::PasswordCommon));
        assert_eq!(judge("ada@example.com"), Some(FieldCode::PasswordPersonal));
        assert_eq!(judge("Lovelace1815!"), Some(FieldCode::PasswordPersonal));
        assert_eq!(judge("customer portal"), Some(FieldCode::PasswordPersonal));
        assert_eq!(judge("passwordpassword"), Some(FieldCode::PasswordWeak));
        assert_eq!(judge("aaaaaaaaaaaaaaaa"), Some(FieldCode::PasswordWeak));
        assert_eq!(judge("orbit-kettle-31-plum"), None);
        assert_eq!(judge(" 🦀 walks sideways home "), None);
    }

    #[test]
    fn the_longest_password_is_judged_quickly() {
        assert_eq!(judge(&"x7!kQ".repeat(25)), None);
    }
}
