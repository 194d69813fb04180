//! `GET /api/me/mfa`

use actix_web::{
    get,
    web::{Data, Json},
};
use shared_types::{
    page::DataView,
    security::{MfaView, PasskeyView},
};

use crate::{
    app::App, error::ApiResult, http::session::CurrentUser, openapi::SignedInProblems, store::PasskeySummary,
};

/// What protects the account beside the password.
#[utoipa::path(
    operation_id = "get_mfa",
    tag = "security",
    security(("session" = [])),
    responses((status = 200, description = "The second factors", body = DataView<MfaView>), SignedInProblems)
)]
#[get("/me/mfa")]
pub async fn get_mfa(app: Data<App>, user: CurrentUser) -> ApiResult<Json<DataView<MfaView>>> {
    let tx = app.db.read_as_user(user.user_id).await?;
    let factors = tx.factors().summary().await?;
    let data = MfaView {
        totp_since: factors.totp_since,
        recovery_codes_left: factors.recovery_codes_left,
        passkeys: tx.passkeys().list().await?.into_iter().map(view).collect(),
        email_code: app.settings.new_device_code && !factors.any(),
    };
    Ok(Json(DataView { data }))
}

fn view(passkey: PasskeySummary) -> PasskeyView {
    PasskeyView {
        id: passkey.id,
        name: passkey.name,
        created_at: passkey.created_at,
        last_used_at: passkey.last_used_at,
        synced: passkey.synced,
    }
}
