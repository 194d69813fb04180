//! WHMCS: whether it is there and lets us in, which version it is, and whether it is set up for the portal.
//!
//! Nothing of a customer is read. The credential is tried once; when it is refused nothing else is asked, since WHMCS bans addresses
//! that fail too often.

mod access;
mod actions;
mod catalogue;
mod version;

use self::{access::Entry, version::Version};
use super::{Check, Code, Context, Findings, reach};
use crate::upstream::clients;

/// Checks that can only be made of a WHMCS that lets us in.
const INSIDE: &[Code] = &[
    Code::WhmcsVersion,
    Code::WhmcsLoginModel,
    Code::WhmcsAction,
    Code::WhmcsCurrencies,
    Code::WhmcsPaymentMethods,
    Code::WhmcsProducts,
    Code::WhmcsMarker,
];

/// All checks of WHMCS.
pub(super) async fn check(context: &Context<'_>) -> Findings {
    let config = &context.config.upstreams.whmcs;
    let host = reach::host(&config.base_url);
    let mut checks = Vec::new();
    let mut ahead = None;
    match reach::look(context, &config.base_url).await {
        Ok(answered) => {
            ahead = answered.ahead;
            checks.push(Check::ok(Code::WhmcsReach, format!("{host} answers")));
            inside(context, &mut checks).await;
        }
        Err(unreachable) => {
            let (says, mend) = unreachable.explain(&host, "WHMCS_BASE_URL");
            checks.push(Check::wrong(Code::WhmcsReach, says, mend));
            let rest = [Code::WhmcsAccess].iter().chain(INSIDE).chain(&[Code::WhmcsOpenId]);
            checks.extend(rest.map(|code| Check::not_checked(*code, "because WHMCS cannot be reached")));
        }
    }
    checks.push(hook());
    Findings { checks, ahead }
}

async fn inside(context: &Context<'_>, checks: &mut Vec<Check>) {
    let client = clients::whmcs(&context.config.upstreams.whmcs, context.http.clone());
    let entry = access::enter(context, &client).await;
    checks.push(entry.check());
    if let Entry::Refused(_) = entry {
        checks.extend(
            INSIDE.iter().map(|code| Check::not_checked(*code, "because WHMCS does not let the portal in")),
        );
    } else {
        let version = entry.version();
        checks.extend(version::check(version));
        checks.extend(actions::check(context, &client, version, entry.allows_details()).await);
        checks.extend(catalogue::check(context, &client).await);
    }
    checks.push(open_id(context).await);
}

/// Where people with a second factor prove who they are. Nothing of the portal rests on it yet.
async fn open_id(context: &Context<'_>) -> Check {
    let mut url = context.config.upstreams.whmcs.base_url.clone();
    url.set_path(&format!("{}/oauth/openid-configuration.php", url.path().trim_end_matches('/')));
    match reach::look(context, &url).await {
        Ok(answered) if answered.status == 200 => {
            Check::ok(Code::WhmcsOpenId, "WHMCS tells how to sign in with OpenID Connect")
        }
        _ => Check::not_checked(
            Code::WhmcsOpenId,
            "because WHMCS tells nothing under oauth/openid-configuration.php; only linking customers who have a second factor needs it",
        )
        .with_mend("WHMCS: Configuration > System Settings > OpenID Connect"),
    }
}

fn hook() -> Check {
    Check::not_checked(Code::WhmcsHook, "because the hook file, which only webhooks need, cannot be seen over the API").with_mend(
        "look for includes/hooks/portal.php in WHMCS's directory; what it does is in WHMCS's Configuration > System Logs > Activity Log",
    )
}

/// The name of a version.
fn named(version: Version) -> String {
    format!("WHMCS {version}")
}
