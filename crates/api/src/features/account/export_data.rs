//! `GET /api/me/export`

use actix_web::{HttpResponse, get, web::Data};
use shared_types::{
    export::{ExportView, ExportedAccount, ExportedFactors, ExportedPasskey, ExportedProfile, ExportedSeen},
    security::ActivityView,
};

use crate::{
    app::App,
    audit::{self, Event},
    error::{ApiError, ApiResult},
    http::{origin::Origin, session::CurrentUser},
    limits::Action,
    openapi::SignedInProblems,
    store::{Mapping, OwnData, Profile},
};

/// Lines of activity at most.
const MOST: u64 = 20_000;

/// Everything that the portal holds of the person, as a file. Invoices, services and cases are in billing and support and not among it.
///
/// Needs a recent proof (`auth.step_up_required`). No secret is among it: neither passwords nor keys nor codes, nor their hashes.
#[utoipa::path(
    operation_id = "export_data",
    tag = "account",
    security(("session" = [])),
    responses((status = 200, description = "The file", body = ExportView), SignedInProblems)
)]
#[get("/me/export")]
pub async fn export_data(app: Data<App>, user: CurrentUser, origin: Origin) -> ApiResult<HttpResponse> {
    user.require_recent(app.clock.now(), app.settings.step_up)?;
    app.limits.take(Action::Export, &user.user_id.to_string()).await?;
    let tx = app.db.as_user(user.user_id).await?;
    // First, so that the file tells of itself.
    tx.audit().append(&Event::DataExported.from_origin(&origin)).await?;
    let profile = tx.account().profile().await?.ok_or_else(ApiError::not_found)?;
    let mapping = tx.mapping().await?;
    let own = tx.own_data().await?;
    let sessions = tx.sessions().list().await?;
    let records = tx.audit().page(audit::ACTIVITY, None, MOST).await?;
    tx.commit().await?;
    let activity: Vec<ActivityView> = records.into_iter().map(super::activity).collect();
    let view = ExportView {
        exported_at: app.clock.now(),
        profile: exported_profile(&profile),
        accounts: accounts(mapping.as_ref(), &own),
        factors: factors(&own),
        known_devices: own
            .devices
            .iter()
            .map(|device| ExportedSeen { created_at: device.created_at, last_seen: device.last_seen })
            .collect(),
        sessions: sessions.into_iter().map(|session| super::session_item(session, &user)).collect(),
        activity,
    };
    Ok(HttpResponse::Ok()
        .insert_header(("content-disposition", "attachment; filename=\"portal-data.json\""))
        .json(view))
}

fn exported_profile(profile: &Profile) -> ExportedProfile {
    ExportedProfile {
        id: profile.user_id,
        email: profile.email.as_str().to_owned(),
        first_name: profile.first_name.clone(),
        last_name: profile.last_name.clone(),
        company_name: profile.company_name.clone(),
        created_at: profile.created_at,
        updated_at: profile.updated_at,
    }
}

/// The person's own account, and those that they may act for.
fn accounts(mapping: Option<&Mapping>, own: &OwnData) -> Vec<ExportedAccount> {
    let number = |id: Option<i64>| id.and_then(|id| u64::try_from(id).ok());
    let mut accounts: Vec<ExportedAccount> = own
        .accounts
        .iter()
        .map(|account| ExportedAccount {
            client_id: number(Some(account.client_id)),
            login_id: None,
            owner: account.owner,
            permissions: account.permissions.split(',').map(str::to_owned).collect(),
            support_account_id: account.sf_account_id.clone(),
            support_contact_id: account.sf_contact_id.clone(),
        })
        .collect();
    if let Some(mapping) = mapping {
        let client_id = number(mapping.whmcs_client_id);
        accounts.retain(|account| client_id.is_none() || account.client_id != client_id);
        accounts.insert(
            0,
            ExportedAccount {
                client_id,
                login_id: number(mapping.whmcs_user_id),
                owner: true,
                permissions: Vec::new(),
                support_account_id: mapping.sf_account_id.clone(),
                support_contact_id: mapping.sf_contact_id.clone(),
            },
        );
    }
    accounts
}

fn factors(own: &OwnData) -> ExportedFactors {
    let passkey = |key: &crate::store::ExportedPasskey| ExportedPasskey {
        id: key.id,
        synced: key.synced,
        created_at: key.created_at,
        last_used_at: key.last_used_at,
    };
    ExportedFactors {
        totp_since: own.totp_since,
        recovery_codes_left: own.recovery_codes_left,
        passkeys: own.passkeys.iter().map(passkey).collect(),
    }
}
