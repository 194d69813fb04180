//! What somebody proved when signing in.

use std::fmt;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proofs_are_read_back_as_they_were_written() {
        let all = Factor::ALL.into_iter().fold(Factors::default(), Factors::and);
        assert_eq!(Factors::parse(&all.to_string()), all);
        assert_eq!(Factors::parse("password,blood"), Factors::of(Factor::Password));
        assert!(!Factors::parse("").has(Factor::Password));
    }
}
