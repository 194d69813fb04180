//! `CreateSsoToken` (7.10+): a single-use link into the client area, good for 60 seconds.

use serde_json::json;

use crate::client_area::session::SsoToken;
use crate::client_area::switches::Allowed;
use crate::whmcs::wire::fields;
use crate::whmcs::{Context, Fields, Params, Refusal};

/// Named destinations and their pages; `{service}` and `{domain}` take the ids sent along.
const DESTINATIONS: &[(&str, &str)] = &[
    ("clientarea:profile", "clientarea.php?action=details"),
    ("clientarea:billing_info", "index.php?rp=/account/paymentmethods"),
    ("clientarea:emails", "clientarea.php?action=emails"),
    ("clientarea:announcements", "index.php?rp=/announcements"),
    ("clientarea:downloads", "index.php?rp=/download"),
    ("clientarea:knowledgebase", "index.php?rp=/knowledgebase"),
    ("clientarea:network_status", "serverstatus.php"),
    ("clientarea:services", "clientarea.php?action=services"),
    ("clientarea:product_details", "clientarea.php?action=productdetails&id={service}"),
    ("clientarea:domains", "clientarea.php?action=domains"),
    ("clientarea:domain_details", "clientarea.php?action=domaindetails&id={domain}"),
    ("clientarea:invoices", "clientarea.php?action=invoices"),
    ("clientarea:tickets", "supporttickets.php"),
    ("clientarea:submit_ticket", "submitticket.php"),
    ("clientarea:shopping_cart", "cart.php"),
    ("clientarea:shopping_cart_addons", "cart.php?gid=addons"),
    ("clientarea:shopping_cart_domain_register", "cart.php?a=add&domain=register"),
    ("clientarea:shopping_cart_domain_transfer", "cart.php?a=add&domain=transfer"),
];

pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let whmcs = &context.world.ledger.whmcs;
    let (client_id, user_id) = (context.params.number("client_id"), context.params.number("user_id"));
    let client = client_id.map(|id| whmcs.clients.get(&id).ok_or("Invalid client_id")).transpose()?;
    let user = user_id.map(|id| whmcs.users.get(&id).ok_or("Invalid user_id")).transpose()?;
    let (client, user_id) = match (client, user) {
        (None, None) => return Err("A valid client_id or user_id is required".into()),
        // Without a user the owner is signed in, whoever asked.
        (Some(client), None) => (Some(client), client.owner_user_id),
        (Some(client), Some(user)) => {
            let theirs = whmcs.clients_of(user.id).any(|(candidate, _)| candidate.id == client.id);
            let owner_only = context.world.config.client_area.sso_non_owner == Allowed::Refused;
            if !theirs || owner_only && client.owner_user_id != user.id {
                return Err("Invalid user_id for client".into());
            }
            (Some(client), user.id)
        }
        (None, Some(user)) => {
            let mut clients = whmcs.clients_of(user.id).map(|(client, _)| client);
            // Of several accounts none is taken silently: the client area lets the user choose.
            (clients.next().filter(|_| clients.next().is_none()), user.id)
        }
    };
    if let Some(client) = client.filter(|client| !client.allow_sso) {
        return Err(Refusal(format!("SSO authentication blocked for client {}", client.id)));
    }
    let path = destination(context.params, context.world.config.client_area.sso_leading_slash)?;
    let token = SsoToken {
        user_id,
        client_id: client.map(|client| client.id),
        path,
        created: context.world.clock.now(),
    };
    let access_token = context.world.sessions.issue(token);
    let redirect_url =
        context.shared.address(&format!("whmcs/oauth/singlesignon.php?access_token={access_token}"));
    Ok(fields(json!({ "access_token": access_token, "redirect_url": redirect_url })))
}

fn destination(params: &Params, leading_slash: Allowed) -> Result<String, Refusal> {
    let name = params.text("destination");
    if name.is_empty() {
        return Ok("clientarea.php".to_owned());
    }
    if name == "sso:custom_redirect" {
        return relative(params.text("sso_redirect_path"), leading_slash)
            .ok_or_else(|| "Invalid destination".into());
    }
    let (_, page) = DESTINATIONS.iter().find(|(known, _)| *known == name).ok_or("Invalid destination")?;
    let id = |name: &str| params.number(name).unwrap_or(0).to_string();
    Ok(page.replace("{service}", &id("service_id")).replace("{domain}", &id("domain_id")))
}

/// A path below the system URL. The address must not leave it, however it is written; what follows `?` is free.
fn relative(path: &str, leading_slash: Allowed) -> Option<String> {
    let stripped = path.strip_prefix('/');
    if stripped.is_some() && leading_slash == Allowed::Refused {
        return None;
    }
    let path = stripped.unwrap_or(path);
    let file = path.split(['?', '#']).next().unwrap_or_default();
    let file = percent_encoding::percent_decode_str(file).decode_utf8_lossy();
    let foreign =
        file.starts_with('/') || file.contains(['\\', ':']) || file.split('/').any(|part| part == "..");
    let printable = path.bytes().all(|byte| byte.is_ascii_graphic()) && !path.contains('\\');
    (!path.is_empty() && !foreign && printable).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Allowed, relative};

    #[test]
    fn only_paths_below_the_system_url_are_redirect_targets() {
        let accepted = |path: &str| relative(path, Allowed::Accepted);
        assert_eq!(accepted("viewinvoice.php?id=59").as_deref(), Some("viewinvoice.php?id=59"));
        assert_eq!(accepted("/viewinvoice.php?id=59").as_deref(), Some("viewinvoice.php?id=59"));
        assert_eq!(accepted("index.php?rp=/x:y").as_deref(), Some("index.php?rp=/x:y"));
        assert_eq!(relative("/viewinvoice.php?id=59", Allowed::Refused), None);
        for foreign in [
            "",
            "/",
            "//evil.example",
            "///evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "\\\\evil",
            "../x",
            "a/..",
            "a/%2e%2e/%2e%2e/x",
            "%2fevil.example",
            "a%5cb",
            "a\r\nb",
            "a b",
        ] {
            assert_eq!(accepted(foreign), None, "{foreign:?}");
        }
    }
}
