//! `POST /api/me/mfa/recovery-codes`

use actix_web::{post, web::Data};
use shared_types::{page::DataView, problem::ProblemCode, security::RecoveryCodesView};

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
    openapi::{SignedInProblems, WriteProblems},
    recovery_codes,
};

const ROUTE: &str = "POST /api/me/mfa/recovery-codes";

/// Ten new recovery codes, shown this once; those from before no longer work, and all other sessions end.
///
/// `conflict.step` without a second factor.
#[utoipa::path(
    operation_id = "create_recovery_codes",
    tag = "security",
    security(("session" = [])),
    params(IdempotencyKey),
    responses((status = 200, description = "The codes", body = DataView<RecoveryCodesView>), SignedInProblems, WriteProblems)
)]
#[post("/me/mfa/recovery-codes")]
pub async fn create_recovery_codes(
    app: Data<App>,
    user: CurrentUser,
    key: IdempotencyKey,
    origin: Origin,
) -> ApiResult<Replayable> {
    user.require_recent(app.clock.now(), app.settings.step_up)?;
    let claim = key.of_user(user.user_id, ROUTE, &())?;
    app.idempotency
        .run(claim, async |ticket| {
            let tx = app.db.read_as_user(user.user_id).await?;
            let has_factor = tx.factors().summary().await?.any();
            drop(tx);
            if !has_factor {
                return Err(ApiError::new(ProblemCode::StepOutOfOrder));
            }
            let codes = recovery_codes::make(&app).await?;
            let tx = app.db.as_user(user.user_id).await?;
            tx.recovery_codes().replace(&codes.hashes).await?;
            changed(&app, &tx, &user, &origin, (Event::RecoveryCodesMade, Notice::RecoveryCodesMade)).await?;
            let answer = Answer::ok(DataView { data: codes.view });
            ticket.finish_as_user(&tx, &answer).await?;
            tx.commit().await?;
            announce(&app, &user);
            Ok(answer.already_stored())
        })
        .await
}
