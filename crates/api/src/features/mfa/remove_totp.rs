//! `DELETE /api/me/mfa/totp`

use actix_web::{delete, web::Data};

use super::{announce, changed};
use crate::{
    app::App,
    audit::Event,
    domain::notice::Notice,
    error::{ApiError, ApiResult},
    http::{
        idempotency::{Answer, IdempotencyKey, Replayable},
        origin::Origin,
        session::CurrentUser,
    },
    openapi::{NotFoundProblem, SignedInProblems, WriteProblems},
};

const ROUTE: &str = "DELETE /api/me/mfa/totp";

/// Takes the authenticator app away; all other sessions end. With the last second factor go the recovery codes.
#[utoipa::path(
    operation_id = "remove_totp",
    tag = "security",
    security(("session" = [])),
    params(IdempotencyKey),
    responses((status = 204, description = "Gone"), SignedInProblems, NotFoundProblem, WriteProblems)
)]
#[delete("/me/mfa/totp")]
pub async fn remove_totp(
    app: Data<App>,
    user: CurrentUser,
    key: IdempotencyKey,
    origin: Origin,
) -> ApiResult<Replayable> {
    user.require_recent(app.clock.now(), app.settings.step_up)?;
    let claim = key.of_user(user.user_id, ROUTE, &())?;
    app.idempotency
        .run(claim, async |ticket| {
            let tx = app.db.as_user(user.user_id).await?;
            if !tx.totp().remove().await? {
                return Err(ApiError::not_found());
            }
            if !tx.factors().summary().await?.any() {
                tx.recovery_codes().remove().await?;
            }
            changed(&app, &tx, &user, &origin, (Event::TotpDisabled, Notice::TotpDisabled)).await?;
            let answer = Answer::no_content();
            ticket.finish_as_user(&tx, &answer).await?;
            tx.commit().await?;
            announce(&app, &user);
            Ok(answer.already_stored())
        })
        .await
}
