//! `LogActivity`: a line in the activity log. `clientid` was `userid` before 8.0.

use crate::config::Version;
use crate::whmcs::wire::stored;
use crate::whmcs::{Context, Fields, Refusal};

#[expect(clippy::unnecessary_wraps, reason = "the signature of every action")]
pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let now = context.world.clock.local();
    let name = if context.world.config.version < Version::V8_0 { "userid" } else { "clientid" };
    let client_id = context.params.number(name).unwrap_or(0);
    let text = stored(context.params.text("description"));
    context.world.ledger.whmcs.log_activity(client_id, now, text);
    Ok(Fields::new())
}
