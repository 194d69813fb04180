//! The first call: whether WHMCS takes the credential, the address and the request at all.

use std::net::IpAddr;

use whmcs::{Client, Denied, Error, NotSent, Unknown};

use super::version::Version;
use crate::doctor::{Check, Code, Context};

const ADDRESSES: &str =
    "WHMCS: Configuration > System Settings > General Settings > Security > API IP Access Restriction";

/// How the first call ended.
pub(super) enum Entry {
    /// WHMCS told its version, in a form that is understood or not.
    Told(Option<Version>),
    /// We are in, but the role does not allow to ask for the version.
    Untold,
    /// We are not.
    Refused(Error),
}

/// Asks for the version, the cheapest call there is.
pub(super) async fn enter(context: &Context<'_>, client: &Client) -> Entry {
    match client.whmcs_details(context.deadline()).await {
        Ok(details) => Entry::Told(Version::parse(&details.version)),
        // WHMCS looks at the role after credential and address.
        Err(Error::Denied(Denied::ActionNotInRole | Denied::ActionUnavailable) | Error::Refused(_)) => {
            Entry::Untold
        }
        Err(error) => Entry::Refused(error),
    }
}

impl Entry {
    pub(super) fn version(&self) -> Option<Version> {
        match self {
            Self::Told(version) => *version,
            Self::Untold | Self::Refused(_) => None,
        }
    }

    pub(super) fn allows_details(&self) -> bool {
        matches!(self, Self::Told(_))
    }

    pub(super) fn check(&self) -> Check {
        let Self::Refused(error) = self else {
            return Check::ok(Code::WhmcsAccess, "WHMCS takes the credential and this machine's address");
        };
        let (says, mend) = explain(error);
        Check::wrong(Code::WhmcsAccess, says, mend)
    }
}

fn explain(error: &Error) -> (String, String) {
    let (says, mend) = match error {
        Error::Denied(Denied::Credentials) => (
            "WHMCS does not take the credential: WHMCS_API_IDENTIFIER or WHMCS_API_SECRET is wrong, or its administrator is disabled",
            "WHMCS: Configuration > System Settings > API Credentials: make a new one for an administrator whose role (Administrator Roles) has the permission API Access, and set both variables. Then wait before you try again: WHMCS bans addresses that fail often",
        ),
        Error::Denied(Denied::IpNotAllowed { seen }) => return address(*seen),
        Error::Denied(_) => (
            "WHMCS refuses access for a reason that it does not tell apart",
            "WHMCS: Configuration > System Settings > Administrator Roles: the role of the credential's administrator needs the permission API Access; look at Configuration > System Logs > Activity Log as well",
        ),
        Error::NotSent(NotSent::Connect) => {
            ("the connection was lost between two calls", "try again, and look at the network")
        }
        Error::NotSent(_) => ("the request could not be made", "look at WHMCS_BASE_URL"),
        Error::Unknown(Unknown::Redirect) => (
            "WHMCS answers with a redirect, which the portal does not follow: it would carry the secret elsewhere",
            "set WHMCS_BASE_URL to the address that the redirect leads to: WHMCS System URL in Configuration > System Settings > General Settings > General, with https and with or without www as written there",
        ),
        Error::Unknown(Unknown::Timeout) => (
            "WHMCS does not answer its API in time",
            "look at the load of WHMCS's server, and at what hooks do in includes/hooks",
        ),
        Error::Unknown(Unknown::HttpStatus { status: 404, .. }) => (
            "there is no API at this address",
            "set WHMCS_BASE_URL to the WHMCS System URL of Configuration > System Settings > General Settings > General, with its directory",
        ),
        Error::Unknown(Unknown::HttpStatus { status: 401 | 403, .. }) => (
            "something in front of WHMCS refuses the request: a firewall, a web server's rule, a page that asks for a sign-in",
            "let this machine's address through to includes/api.php there",
        ),
        Error::Unknown(Unknown::HttpStatus { .. }) => (
            "the server answers with an error and not with WHMCS's words",
            "look at the web server's error log, and at WHMCS's Configuration > System Logs; often a hook or module fails",
        ),
        Error::Unknown(_) | Error::Refused(_) => (
            "the answer is not one of WHMCS's API: another site, a sign-in page, or a hook or PHP notice that prints into it",
            "set WHMCS_BASE_URL to the WHMCS System URL; then look for hooks that print and switch PHP's display_errors off",
        ),
    };
    (says.to_owned(), mend.to_owned())
}

fn address(seen: Option<IpAddr>) -> (String, String) {
    let (says, which) = match seen {
        Some(seen) => (
            format!("WHMCS does not take calls from {seen}, this machine's address as WHMCS sees it"),
            seen.to_string(),
        ),
        None => (
            "WHMCS does not take calls from this machine's address".to_owned(),
            "this machine's outgoing address".to_owned(),
        ),
    };
    let mend = format!(
        "{ADDRESSES}: add {which}. It takes single addresses only, and IPv6 is an address of its own. If it is there already it was \
         banned: Configuration > System Settings > Banned IPs. Or set $api_access_key in WHMCS's configuration.php and WHMCS_ACCESS_KEY \
         here"
    );
    (says, mend)
}
