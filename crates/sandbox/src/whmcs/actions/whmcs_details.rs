//! `WhmcsDetails`: the version.

use serde_json::json;

use crate::whmcs::wire::fields;
use crate::whmcs::{Context, Fields, Refusal};

#[expect(clippy::unnecessary_wraps, reason = "the signature of every action")]
pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let version = context.world.config.version.number();
    Ok(fields(json!({
        "whmcs": { "version": version, "canonicalversion": format!("{version}-release.1") }
    })))
}
