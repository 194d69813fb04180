//! `POST /api/me/mfa/totp`

use actix_web::{post, web::Data};
use shared_types::{page::DataView, problem::ProblemCode, security::TotpSetupView};
use zeroize::Zeroizing;

use crate::{
    app::App,
    domain::{
        qr,
        totp::{Authenticator, SEED_LENGTH},
    },
    error::{ApiError, ApiResult},
    http::{
        idempotency::{Answer, IdempotencyKey, Replayable},
        session::CurrentUser,
    },
    openapi::{SignedInProblems, WriteProblems},
};

const ROUTE: &str = "POST /api/me/mfa/totp";

/// A key for an authenticator app, as text, address and picture. It counts once a code of it was given back, within half an hour.
///
/// Asking again makes another key in its place. `conflict.step` if there is an authenticator app already: remove that first.
#[utoipa::path(
    operation_id = "set_up_totp",
    tag = "security",
    security(("session" = [])),
    params(IdempotencyKey),
    responses((status = 200, description = "The key", body = DataView<TotpSetupView>), SignedInProblems, WriteProblems)
)]
#[post("/me/mfa/totp")]
pub async fn set_up_totp(app: Data<App>, user: CurrentUser, key: IdempotencyKey) -> ApiResult<Replayable> {
    user.require_recent(app.clock.now(), app.settings.step_up)?;
    let claim = key.of_user(user.user_id, ROUTE, &())?;
    app.idempotency
        .run(claim, async |ticket| {
            let tx = app.db.as_user(user.user_id).await?;
            let seed: Zeroizing<[u8; SEED_LENGTH]> = Zeroizing::new(app.random.bytes());
            if !tx.totp().offer(seed.as_slice()).await? {
                return Err(ApiError::new(ProblemCode::StepOutOfOrder));
            }
            let profile = tx.account().profile().await?.ok_or_else(ApiError::not_found)?;
            let data = view(seed.as_slice(), &app.settings.app_name, profile.email.as_str())?;
            let answer = Answer::ok(DataView { data });
            ticket.finish_as_user(&tx, &answer).await?;
            tx.commit().await?;
            Ok(answer.already_stored())
        })
        .await
}

fn view(seed: &[u8], app_name: &str, account: &str) -> ApiResult<TotpSetupView> {
    let authenticator = Authenticator::named(seed, app_name, account).map_err(ApiError::internal)?;
    let uri = authenticator.uri().map_err(ApiError::internal)?;
    let qr = qr::view(&uri).map_err(ApiError::internal)?;
    Ok(TotpSetupView { secret: authenticator.secret().to_string(), uri: uri.to_string(), qr })
}
