//! `GetProducts`: the catalogue with list prices. Hidden and retired products are given like any other, without a flag.

use serde_json::{Value, json};

use crate::config::{Absence, Config, Presence, Version};
use crate::ledger::whmcs::catalog::{Choice, ConfigOption, Prices, REFERENCE_FIELD};
use crate::ledger::whmcs::{Cycle, Product, Whmcs};
use crate::whmcs::wire::{fields, inner_list, put_list};
use crate::whmcs::{Context, Fields, Refusal};

#[expect(clippy::unnecessary_wraps, reason = "the signature of every action")]
pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let params = context.params;
    let base = context.shared.address("whmcs/index.php?rp=/store/");
    let world = &mut *context.world;
    let (config, whmcs) = (&mut world.config, &world.ledger.whmcs);
    let pids: Vec<&str> =
        params.text("pid").split(',').map(str::trim).filter(|pid| !pid.is_empty()).collect();
    let (gid, module) = (params.number("gid"), params.text("module"));
    let rows: Vec<Value> = whmcs
        .catalog
        .products
        .iter()
        .filter(|product| pids.is_empty() || pids.contains(&product.id.to_string().as_str()))
        .filter(|product| gid.is_none_or(|gid| gid == product.group))
        .filter(|product| module.is_empty() || module == product.module)
        .map(|product| row(config, whmcs, product, &base))
        .collect();
    let mut answer = fields(json!({ "totalresults": rows.len() }));
    if config.product_paging == Absence::Present {
        answer.insert("startnumber".to_owned(), json!(0));
        answer.insert("numreturned".to_owned(), json!(rows.len()));
    }
    put_list(config, &mut answer, "products", Some("product"), rows);
    Ok(answer)
}

fn row(config: &mut Config, whmcs: &Whmcs, product: &Product, base: &str) -> Value {
    let mut row = fields(json!({
        "pid": product.id,
        "gid": product.group,
        "type": product.kind,
        "name": product.name,
        "description": product.description,
        "module": product.module,
        "paytype": product.pay_type.key(),
        "pricing": pricing(whmcs, &product.pricing, true),
    }));
    // 8.3 added the first two, 8.12 the others.
    if config.version >= Version::V8_6 {
        let group = whmcs.catalog.groups.iter().find(|group| group.id == product.group);
        let group = group.map_or("", |group| &group.slug);
        row.insert("slug".to_owned(), json!(product.slug));
        row.insert("product-url".to_owned(), json!(format!("{base}{group}/{}", product.slug)));
    }
    if config.version >= Version::V8_12 {
        row.insert("allowqty".to_owned(), json!(product.allow_quantity));
        row.insert("quantity_available".to_owned(), json!(product.quantity_available));
    }
    let custom = product
        .custom_fields
        .iter()
        .filter(|field| field.name != REFERENCE_FIELD || config.reference_field == Presence::Present)
        .map(|field| {
            json!({
                "id": field.id,
                "name": field.name,
                "description": field.description,
                "required": if field.required { "on" } else { "" },
            })
        })
        .collect();
    inner_list(config, &mut row, "customfields", "customfield", custom);
    let options = product.options.iter().map(|option| self::option(config, whmcs, option)).collect();
    inner_list(config, &mut row, "configoptions", "configoption", options);
    Value::Object(row)
}

fn option(config: &mut Config, whmcs: &Whmcs, option: &ConfigOption) -> Value {
    let mut row = fields(json!({ "id": option.id, "name": option.name, "type": option.kind.digit() }));
    if config.version >= Version::V8_12 {
        row.insert("minqty".to_owned(), json!(option.min));
        row.insert("maxqty".to_owned(), json!(option.max));
    }
    let choices = option.choices.iter().map(|choice| self::choice(whmcs, choice)).collect();
    inner_list(config, &mut row, "options", "option", choices);
    Value::Object(row)
}

fn choice(whmcs: &Whmcs, choice: &Choice) -> Value {
    json!({
        "id": choice.id,
        "name": choice.name,
        "rawName": null,
        "recurring": 0,
        "required": null,
        "pricing": pricing(whmcs, &choice.pricing, false),
    })
}

/// By currency code; the prices of options come without prefix and suffix.
fn pricing(whmcs: &Whmcs, pricing: &[Prices], signs: bool) -> Value {
    let mut all = Fields::new();
    for prices in pricing {
        let Some(currency) = whmcs.currencies.iter().find(|currency| currency.id == prices.currency) else {
            continue;
        };
        let mut row = Fields::new();
        if signs {
            row.insert("prefix".to_owned(), json!(currency.prefix));
            row.insert("suffix".to_owned(), json!(currency.suffix));
        }
        for cycle in Cycle::ALL {
            row.insert(cycle.setup_key().to_owned(), json!(prices.setup_of(cycle)));
            row.insert(cycle.key().to_owned(), json!(prices.of(cycle)));
        }
        all.insert(currency.code.to_owned(), Value::Object(row));
    }
    Value::Object(all)
}
