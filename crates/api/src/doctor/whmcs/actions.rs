//! Whether the API role allows each action that the portal uses, asked in a way that does nothing.

use futures::{StreamExt as _, stream};
use whmcs::{Action, Client, Denied, Error};

use super::{named, version::Version};
use crate::{
    doctor::{Check, Code, Context},
    upstream::WHMCS_ACTIONS,
};

/// Probes at once: each call starts the whole of WHMCS.
const AT_ONCE: usize = 4;

/// A check for each action, in the order of the list.
pub(super) async fn check(
    context: &Context<'_>,
    client: &Client,
    version: Option<Version>,
    details_allowed: bool,
) -> Vec<Check> {
    let probes = WHMCS_ACTIONS.iter().map(async |name| {
        // Asked already.
        if *name == "WhmcsDetails" && details_allowed {
            return allowed(name);
        }
        probe(context, client, version, name).await
    });
    stream::iter(probes).buffered(AT_ONCE).collect().await
}

async fn probe(
    context: &Context<'_>,
    client: &Client,
    version: Option<Version>,
    name: &'static str,
) -> Check {
    let Some(action) = Action::named(name) else {
        return about(Check::not_checked(Code::WhmcsAction, "because the client does not know it"), name);
    };
    if action.probe_leaves_trace() && !context.options.write_checks {
        let why = "because asking for it leaves a trace in WHMCS; --write-checks asks all the same";
        return about(Check::not_checked(Code::WhmcsAction, why), name);
    }
    match client.probe_role(action, context.deadline()).await {
        Ok(()) => allowed(name),
        Err(error) => about(refused(name, version, &error), name),
    }
}

fn about(check: Check, name: &str) -> Check {
    check.about(name)
}

fn allowed(name: &str) -> Check {
    Check::ok(Code::WhmcsAction, "the API role allows it").about(name)
}

fn refused(name: &str, version: Option<Version>, error: &Error) -> Check {
    if let Some((version, since)) = version.and_then(|version| Some((version, version.lacks(name)?))) {
        let says = format!("{} does not have it: it came with {since}", named(version));
        return Check::wrong(Code::WhmcsAction, says, "update WHMCS");
    }
    match error {
        Error::Denied(Denied::ActionNotInRole) => {
            Check::wrong(Code::WhmcsAction, "the API role does not allow it", tick(name))
        }
        Error::Denied(Denied::ActionUnavailable) => Check::wrong(
            Code::WhmcsAction,
            "this installation does not have it",
            "update WHMCS, and look whether its files in includes/api are whole",
        ),
        Error::Denied(_) => Check::wrong(
            Code::WhmcsAction,
            "WHMCS refuses access for a reason that it does not tell apart",
            "try again; then look at WHMCS's Configuration > System Logs > Activity Log",
        ),
        Error::NotSent(_) | Error::Unknown(_) | Error::Refused(_) => Check::wrong(
            Code::WhmcsAction,
            "no usable answer: whether the role allows it cannot be told",
            "try again; then look at the web server's error log and at hooks in includes/hooks that fail or print",
        ),
    }
}

/// How to allow an action.
pub(super) fn tick(name: &str) -> String {
    format!(
        "WHMCS: Configuration > System Settings > API Credentials, tab API Roles: edit the credential's role, tick {name}, save"
    )
}
