//! Salesforce: the key, the login, the version, and whether the integration user finds and may use what the portal needs.
//!
//! Reads descriptions only, a few counted calls, unless asked to write; no record of a customer is touched.

mod login;
mod objects;
mod statuses;
mod trial;

use salesforce::{Client, Error, KeyError, PinnedVersion};

use super::{Check, Code, Context, Findings, State, reach};
use crate::upstream::clients;

/// Where the steps are written that the texts name.
const STEPS: &str = "infra/salesforce/README.md";
/// From here on customers see older copies.
const MUCH: u64 = 80;
/// From here on Salesforce may refuse.
const TOO_MUCH: u64 = 95;

/// Checks that need a session.
const INSIDE: &[Code] = &[
    Code::SalesforceVersion,
    Code::SalesforceObject,
    Code::SalesforceKeyField,
    Code::SalesforceField,
    Code::SalesforcePicklist,
    Code::SalesforceCaseStatus,
    Code::SalesforceAllowance,
    Code::SalesforceSharing,
    Code::SalesforceTrial,
];

/// All checks of Salesforce.
pub(super) async fn check(context: &Context<'_>) -> Findings {
    let config = &context.config.upstreams.salesforce;
    let host = reach::host(&config.login_url);
    let mut checks = Vec::new();
    let client = clients::salesforce(config, context.http.clone(), context.clock);
    checks.push(key(context, client.as_ref().err().copied()));

    let mut versions = config.login_url.clone();
    versions.set_path(&format!("{}/services/data/", versions.path().trim_end_matches('/')));
    let reached = reach::look(context, &versions).await;
    match &reached {
        Ok(_) => checks.push(Check::ok(Code::SalesforceReach, format!("{host} answers"))),
        Err(unreachable) => {
            let (says, mend) = unreachable.explain(&host, "SF_LOGIN_URL");
            checks.push(Check::wrong(Code::SalesforceReach, says, mend));
        }
    }
    match (&reached, client) {
        (Ok(_), Ok(client)) => enter(context, &client, &mut checks).await,
        (Err(_), _) => checks.extend(outside("because Salesforce cannot be reached")),
        (Ok(_), Err(_)) => checks.extend(outside("because there is no key to log in with")),
    }
    Findings { checks, ahead: reached.ok().and_then(|answered| answered.ahead) }
}

fn outside(why: &str) -> impl Iterator<Item = Check> {
    [Code::SalesforceLogin].iter().chain(INSIDE).map(move |code| Check::not_checked(*code, why))
}

async fn enter(context: &Context<'_>, client: &Client, checks: &mut Vec<Check>) {
    let version = client.check_version(context.deadline()).await;
    if let Err(Error::Login(error)) = &version {
        checks.push(login::refused(error));
        checks.extend(INSIDE.iter().map(|code| Check::not_checked(*code, "because the login failed")));
        return;
    }
    checks.push(Check::ok(Code::SalesforceLogin, "Salesforce gives the integration user a session"));
    checks.push(pinned(context, &version));
    if matches!(version, Ok(PinnedVersion::NotListed { .. })) {
        let why = "because the version that is set does not exist there";
        checks.extend(
            INSIDE
                .iter()
                .filter(|code| **code != Code::SalesforceVersion)
                .map(|code| Check::not_checked(*code, why)),
        );
        return;
    }
    checks.extend(objects::check(context, client).await);
    let is_complete = checks.iter().all(|check| check.state != State::Wrong);
    checks.push(statuses::check(context, client).await);
    let trial = trial::check(context, client, is_complete).await;
    checks.extend([allowance(client), sharing(), trial]);
}

fn pinned(context: &Context<'_>, version: &Result<PinnedVersion, Error>) -> Check {
    let set = &context.config.upstreams.salesforce.api_version;
    match version {
        Ok(PinnedVersion::Listed) => Check::ok(Code::SalesforceVersion, format!("it speaks version {set}")),
        Ok(PinnedVersion::NotListed { offered }) => {
            let offered = offered.as_ref().and_then(|(oldest, newest)| {
                Some(format!(" from {} to {}", number(oldest)?, number(newest)?))
            });
            Check::wrong(
                Code::SalesforceVersion,
                format!("it does not speak version {set}"),
                format!("set SF_API_VERSION to a version{} or leave it unset", offered.unwrap_or_default()),
            )
        }
        Err(_) => Check::warning(
            Code::SalesforceVersion,
            "the organisation's own address does not tell its versions",
            "let this machine out to *.my.salesforce.com on port 443 as well as to the login's address, and try again",
        ),
    }
}

/// A version if it is one: what comes from outside is not printed as it is.
fn number(version: &str) -> Option<&str> {
    version.parse::<f32>().is_ok_and(f32::is_finite).then_some(version)
}

/// The organisation's calls of the day, by all its programs, as the answers so far told it.
fn allowance(client: &Client) -> Check {
    let Some(usage) = client.api_usage() else {
        return Check::not_checked(
            Code::SalesforceAllowance,
            "because no answer told how many calls are used",
        );
    };
    let percent = usage.percent();
    let says =
        format!("{} of {} calls of the last 24 hours are used ({percent} %)", usage.used, usage.allowed);
    let mend = "Salesforce: Setup > Company Information > API Requests, Last 24 Hours; look for programs that call much, or buy more";
    match percent {
        TOO_MUCH.. => Check::wrong(Code::SalesforceAllowance, says, mend),
        MUCH.. => Check::warning(Code::SalesforceAllowance, says, mend),
        _ => Check::ok(Code::SalesforceAllowance, says),
    }
}

fn sharing() -> Check {
    Check::not_checked(
        Code::SalesforceSharing,
        "because which records the user may edit shows only in editing one",
    )
    .with_mend(format!(
        "Salesforce: Setup > Sharing Settings: where Case or Account is Private or Read Only, give the integration user Read/Write by a \
         sharing rule ({STEPS}, step 2)"
    ))
}

fn key(context: &Context<'_>, error: Option<KeyError>) -> Check {
    let Some(error) = error else { return permissions(context) };
    let mend = match error {
        KeyError::Unreadable(_) => {
            "set SF_PRIVATE_KEY_PATH to the key file, and let the account that runs the portal read it"
                .to_owned()
        }
        KeyError::Encrypted => {
            "store it without a pass phrase: `openssl pkey -in key.pem -out plain.pem`, then chmod 600"
                .to_owned()
        }
        KeyError::NotRsa | KeyError::Unusable => {
            format!("make a new pair and upload its certificate ({STEPS}, step 3)")
        }
    };
    Check::wrong(Code::SalesforceKey, error.to_string(), mend)
}

/// Others must not read the key.
fn permissions(context: &Context<'_>) -> Check {
    let open = {
        use std::os::unix::fs::PermissionsExt as _;
        let path = &context.config.upstreams.salesforce.private_key_path;
        std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
    };
    if open {
        return Check::warning(
            Code::SalesforceKey,
            "the private key can sign, but other accounts of this machine may read its file",
            "chmod 600 the file of SF_PRIVATE_KEY_PATH, owned by the account that runs the portal",
        );
    }
    Check::ok(Code::SalesforceKey, "the private key can sign, and is the portal's alone")
}
