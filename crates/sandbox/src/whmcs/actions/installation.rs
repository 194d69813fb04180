//! `GetAdminDetails` and `GetConfigurationValue`: the version before 8.0, and the base of links.

use serde_json::json;

use crate::whmcs::wire::fields;
use crate::whmcs::{Context, Fields, Refusal};

/// What the administrator may do in the admin area. It says nothing about the API credential's role.
const ADMIN_PERMISSIONS: &str = "Main Homepage,List Clients,Add New Client,Edit Clients Details,View Orders,Add New Order,List Invoices,\
     Create Invoice,Manage Invoice,List Transactions,Add Transaction,API Access";

#[expect(clippy::unnecessary_wraps, reason = "the signature of every action")]
pub fn admin(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let version = context.world.config.version.number();
    Ok(fields(json!({
        "adminid": "1",
        "name": "Sandbox Admin",
        "notes": "",
        "signature": "",
        "allowedpermissions": ADMIN_PERMISSIONS,
        "departments": ",1,",
        "whmcs": { "version": version, "canonicalversion": format!("{version}-release.1") },
    })))
}

pub fn value(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let setting = context.params.text("setting");
    let value = match setting {
        "" => return Err("Parameter setting is required".into()),
        "SystemURL" => context.shared.address("whmcs/"),
        "Version" => format!("{}-release.1", context.world.config.version.number()),
        "CompanyName" => "Sandbox Hosting".to_owned(),
        _ => return Err("Invalid name for parameter setting".into()),
    };
    Ok(fields(json!({ "setting": setting, "value": value })))
}
