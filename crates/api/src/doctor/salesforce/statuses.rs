//! The statuses of cases: only Salesforce knows which of them are closed.

use salesforce::{CaseStatus, Client};

use crate::doctor::{Check, Code, Context};

const PLACE: &str = "Salesforce: Setup > Object Manager > Case > Fields & Relationships > Status";

/// Whether there are open and closed ones.
pub(super) async fn check(context: &Context<'_>, client: &Client) -> Check {
    match client.case_statuses(context.deadline()).await {
        Ok(statuses) => judge(&statuses),
        Err(_) => Check::warning(
            Code::SalesforceCaseStatus,
            "the integration user cannot read which statuses of cases are closed",
            "assign the permission set Customer Portal Integration, which lets the user read cases and with them CaseStatus",
        ),
    }
}

fn judge(statuses: &[CaseStatus]) -> Check {
    let closed = statuses.iter().filter(|status| status.is_closed).count();
    let open = statuses.len() - closed;
    let code = Code::SalesforceCaseStatus;
    if open == 0 || closed == 0 {
        let lacking = if open == 0 { "open" } else { "closed" };
        return Check::wrong(
            code,
            format!("no status of cases is {lacking}"),
            format!("{PLACE}: add one, and look at the box Closed of each"),
        );
    }
    if !statuses.iter().any(|status| status.is_default) {
        return Check::warning(
            code,
            "no status is the default of new cases",
            format!("{PLACE}: make an open one the default"),
        );
    }
    Check::ok(code, format!("{open} open and {closed} closed"))
}
