//! `POST /api/me/mfa/totp/confirm`

use std::time::Duration;

use actix_web::{post, web::Data};
use shared_types::{
    page::DataView,
    problem::ProblemCode,
    security::{ConfirmTotpRequest, RecoveryCodesView},
};

use super::{announce, changed};
use crate::{
    app::App,
    audit::Event,
    domain::{notice::Notice, totp::Authenticator},
    error::{ApiError, ApiResult},
    http::{
        body::ValidJson,
        idempotency::{Answer, IdempotencyKey, Replayable, Ticket},
        origin::Origin,
        session::{Authenticated, CurrentUser},
    },
    limits::Action,
    openapi::{SignedInProblems, WriteProblems},
    recovery_codes,
};

const ROUTE: &str = "POST /api/me/mfa/totp/confirm";

/// How long a key may wait for its first code.
const SETUP: Duration = Duration::from_mins(30);

/// Activates the authenticator app with a code of it; all other sessions end.
///
/// With the first second factor come ten recovery codes, shown this once. `conflict.step` without a key that waits for its code.
#[utoipa::path(
    operation_id = "confirm_totp",
    tag = "security",
    security(("session" = [])),
    params(IdempotencyKey),
    request_body = ConfirmTotpRequest,
    responses((status = 200, description = "Active", body = DataView<RecoveryCodesView>), SignedInProblems, WriteProblems)
)]
#[post("/me/mfa/totp/confirm")]
pub async fn confirm_totp(
    app: Data<App>,
    user: CurrentUser,
    key: IdempotencyKey,
    origin: Origin,
    body: ValidJson<ConfirmTotpRequest>,
) -> ApiResult<Replayable> {
    let claim = key.of_user(user.user_id, ROUTE, &body.0)?;
    app.idempotency.run(claim, async |ticket| confirm(&app, &user, ticket, &origin, &body.0.code).await).await
}

async fn confirm(
    app: &App,
    user: &Authenticated,
    ticket: Ticket,
    origin: &Origin,
    code: &str,
) -> ApiResult<Answer> {
    let out_of_order = || ApiError::new(ProblemCode::StepOutOfOrder);
    app.limits.take(Action::Factor, &user.user_id.to_string()).await?;
    let tx = app.db.read_as_user(user.user_id).await?;
    let offered = tx.totp().get().await?.filter(|record| record.confirmed_at.is_none());
    let has_codes = tx.factors().summary().await?.recovery_codes_left > 0;
    drop(tx);
    let authenticator = Authenticator::new(&offered.ok_or_else(out_of_order)?.seed);
    let now = u64::try_from(app.clock.now().timestamp()).unwrap_or_default();
    let step = authenticator.map_err(ApiError::internal)?.step_of(code, now);
    let step = step.ok_or_else(|| ApiError::new(ProblemCode::FactorInvalid))?;
    let codes = if has_codes { None } else { Some(recovery_codes::make(app).await?) };

    let tx = app.db.as_user(user.user_id).await?;
    if !tx.totp().confirm(step, SETUP).await? {
        return Err(out_of_order());
    }
    let view = match codes {
        Some(codes) => {
            tx.recovery_codes().replace(&codes.hashes).await?;
            codes.view
        }
        None => RecoveryCodesView { codes: Vec::new() },
    };
    changed(app, &tx, user, origin, (Event::TotpEnabled, Notice::TotpEnabled)).await?;
    let answer = Answer::ok(DataView { data: view });
    ticket.finish_as_user(&tx, &answer).await?;
    tx.commit().await?;
    app.limits.forget(Action::Factor, &user.user_id.to_string()).await?;
    announce(app, user);
    Ok(answer.already_stored())
}
