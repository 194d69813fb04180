//! `GetPromotions`: one code, or all of them: administrators' data.

use serde_json::{Value, json};

use crate::ledger::whmcs::promotion::Promotion;
use crate::whmcs::wire::{date, fields, put_list};
use crate::whmcs::{Context, Fields, Refusal};

/// The settings for upgrades, serialised as WHMCS keeps them.
const UPGRADE_CONFIG: &str = "a:4:{s:5:\"value\";s:4:\"0.00\";s:4:\"type\";s:0:\"\";s:12:\"discounttype\";s:10:\"Percentage\";s:13:\"configoptions\";s:0:\"\";}";

#[expect(clippy::unnecessary_wraps, reason = "the signature of every action")]
pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let world = &mut *context.world;
    let code = context.params.text("code");
    let promotions = &world.ledger.whmcs.catalog.promotions;
    let rows: Vec<Value> = promotions
        .iter()
        .filter(|promotion| code.is_empty() || promotion.code.eq_ignore_ascii_case(code))
        .map(row)
        .collect();
    let mut answer = fields(json!({ "totalresults": rows.len() }));
    put_list(&mut world.config, &mut answer, "promotions", Some("promotion"), rows);
    Ok(answer)
}

fn row(promotion: &Promotion) -> Value {
    // Whole values are printed without decimals, as the example does.
    let value =
        if promotion.value.0 % 100 == 0 { json!(promotion.value.0 / 100) } else { json!(promotion.value) };
    let pids: Vec<String> = promotion.applies_to.iter().map(u64::to_string).collect();
    json!({
        "id": promotion.id,
        "code": promotion.code,
        "type": promotion.kind.label(),
        "recurring": u8::from(promotion.recurring),
        "value": value,
        "cycles": promotion.cycles.join(","),
        "appliesto": pids.join(","),
        "requires": "",
        "requiresexisting": 0,
        "startdate": date(promotion.starts),
        "expirationdate": date(promotion.expires),
        "maxuses": promotion.max_uses,
        "uses": promotion.uses,
        "lifetimepromo": 0,
        "applyonce": 0,
        "newsignups": u8::from(promotion.new_signups),
        "existingclient": u8::from(promotion.existing_client),
        "onceperclient": u8::from(promotion.once_per_client),
        "recurfor": 0,
        "upgrades": u8::from(promotion.upgrades),
        "upgradeconfig": UPGRADE_CONFIG,
        "notes": promotion.notes,
    })
}
