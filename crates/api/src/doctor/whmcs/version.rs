//! Versions of WHMCS and what they mean for the portal.

use std::fmt;

use super::named;
use crate::doctor::{Check, Code};

/// `GetUsers` came with it.
const OLDEST: Version = Version { major: 8, minor: 1 };
/// Users were split from clients in it.
const USERS: Version = Version { major: 8, minor: 0 };
/// The newest major version that the portal was written for.
const NEWEST_MAJOR: u32 = 9;

/// A version as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    major: u32,
    minor: u32,
}

impl Version {
    /// Reads `8.12.0-release.1`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(['.', '-', ' ']);
        let major = parts.next()?.parse().ok()?;
        Some(Self { major, minor: parts.next()?.parse().ok()? })
    }

    /// Whether an action is too new for it.
    pub(super) fn lacks(self, action: &str) -> Option<Self> {
        let since = match action {
            "GetUsers" => OLDEST,
            "AddUser" | "UpdateUser" | "GetUserPermissions" | "WhmcsDetails" => USERS,
            _ => return None,
        };
        (self < since).then_some(since)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// Version, and what logs in there.
pub(super) fn check(version: Option<Version>) -> [Check; 2] {
    let Some(version) = version else {
        let why = "because WHMCS does not tell its version: either the role does not allow WhmcsDetails, or it is older than 8.0";
        return [Check::not_checked(Code::WhmcsVersion, why), Check::not_checked(Code::WhmcsLoginModel, why)]
            .map(|check| {
                check.with_mend("allow WhmcsDetails, or read the version in the foot of WHMCS's admin area")
            });
    };
    let name = named(version);
    let ours = if version < OLDEST {
        Check::wrong(
            Code::WhmcsVersion,
            format!(
                "{name} is too old: the portal needs {OLDEST} or newer, where GetUsers finds people by address"
            ),
            "update WHMCS (Configuration > System Settings > Update WHMCS, or Utilities > Update WHMCS)",
        )
    } else if version.major > NEWEST_MAJOR {
        Check::warning(
            Code::WhmcsVersion,
            format!("{name} is newer than the portal knows"),
            "read the changelog of the portal, and try signing up, an invoice and paying it on a copy of WHMCS first",
        )
    } else if version.major == NEWEST_MAJOR {
        Check::ok(
            Code::WhmcsVersion,
            format!("{name}; invoices are immutable there, so corrections come as credit notes"),
        )
    } else {
        Check::ok(Code::WhmcsVersion, name)
    };
    let model = if version < USERS {
        Check::wrong(
            Code::WhmcsLoginModel,
            "clients log in, not users: numbers of logins mean something else there",
            "update WHMCS to 8.1 or newer",
        )
    } else {
        Check::ok(Code::WhmcsLoginModel, "users log in, each for the clients that are theirs")
    };
    [ours, model]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        let version = |text| Version::parse(text).unwrap();
        assert!(version("8.12.0-release.1") > version("8.9.1"));
        assert!(version("8.1") >= OLDEST && version("8.0.4") < OLDEST);
        assert_eq!(Version::parse("latest"), None);
        assert_eq!(Version::parse("8"), None);
    }

    #[test]
    fn old_and_unknown_ones_are_told() {
        let states = |text: &str| check(Version::parse(text)).map(|check| check.state);
        assert_eq!(states("7.10.3"), [State::Wrong, State::Wrong]);
        assert_eq!(states("8.0.0"), [State::Wrong, State::Ok]);
        assert_eq!(states("8.1.0"), [State::Ok, State::Ok]);
        assert_eq!(states("9.0.0"), [State::Ok, State::Ok]);
        assert_eq!(states("10.0.0"), [State::Warning, State::Ok]);
        assert_eq!(states("x"), [State::NotChecked, State::NotChecked]);
    }
}
