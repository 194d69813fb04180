//! What somebody proved when signing in.

use std::fmt;

use chrono::{DateTime, Utc};
use shared_types::auth::SecondFactor;

/// One proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// The portal's password.
    Password,
    /// A passkey, with the authenticator having checked who holds it.
    Passkey,
    /// A code of an authenticator app.
    Totp,
    /// A recovery code.
    RecoveryCode,
    /// A code mailed to the address.
    EmailCode,
    /// A login of WHMCS.
    Billing,
}

impl Factor {
    const ALL: [Self; 6] =
        [Self::Password, Self::Passkey, Self::Totp, Self::RecoveryCode, Self::EmailCode, Self::Billing];

    /// The word in the database and in the audit log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery_code",
            Self::EmailCode => "email_code",
            Self::Billing => "billing",
        }
    }
}

/// The proofs of one sign-in, in the order in which they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Factors(Vec<Factor>);

impl Factors {
    /// A single proof.
    #[must_use]
    pub fn of(factor: Factor) -> Self {
        Self(vec![factor])
    }

    /// One more proof.
    #[must_use]
    pub fn and(mut self, factor: Factor) -> Self {
        if !self.0.contains(&factor) {
            self.0.push(factor);
        }
        self
    }

    /// Whether this proof is among them.
    #[must_use]
    pub fn has(&self, factor: Factor) -> bool {
        self.0.contains(&factor)
    }

    /// Reads what `Display` wrote. Words that this version does not know prove nothing.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let known = |word| Factor::ALL.into_iter().find(|factor| factor.as_str() == word);
        Self(text.split(',').filter_map(known).collect())
    }
}

impl fmt::Display for Factors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, factor) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(",")?;
            }
            f.write_str(factor.as_str())?;
        }
        Ok(())
    }
}

/// What somebody has set up beside the password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SecondFactors {
    /// Since when there is an authenticator app.
    pub totp_since: Option<DateTime<Utc>>,
    /// How many passkeys.
    pub passkeys: u32,
    /// How many recovery codes are left. They are a way out, no factor of their own.
    pub recovery_codes_left: u32,
}

impl SecondFactors {
    /// Whether the password alone is not enough.
    #[must_use]
    pub const fn any(&self) -> bool {
        self.totp_since.is_some() || self.passkeys > 0
    }

    /// What can be given, the best first; empty where nothing is set up.
    #[must_use]
    pub fn methods(&self) -> Vec<SecondFactor> {
        let all = [
            (SecondFactor::Passkey, self.passkeys > 0),
            (SecondFactor::Totp, self.totp_since.is_some()),
            (SecondFactor::RecoveryCode, self.any() && self.recovery_codes_left > 0),
        ];
        all.into_iter().filter_map(|(method, is_there)| is_there.then_some(method)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recovery_codes_alone_are_no_factor() {
        let codes = SecondFactors { recovery_codes_left: 10, ..SecondFactors::default() };
        assert!(!codes.any() && codes.methods().is_empty());
        let all = SecondFactors { totp_since: Some(DateTime::UNIX_EPOCH), passkeys: 2, ..codes };
        let methods = [SecondFactor::Passkey, SecondFactor::Totp, SecondFactor::RecoveryCode];
        assert_eq!(all.methods(), methods);
        assert_eq!(SecondFactors { recovery_codes_left: 0, ..all }.methods(), methods[..2]);
    }

    #[test]
    fn proofs_are_read_back_as_they_were_written() {
        let all = Factor::ALL.into_iter().fold(Factors::default(), Factors::and);
        assert_eq!(Factors::parse(&all.to_string()), all);
        assert_eq!(Factors::parse("password,blood"), Factors::of(Factor::Password));
        assert!(!Factors::parse("").has(Factor::Password));
    }
}
