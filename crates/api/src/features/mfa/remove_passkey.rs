//! `DELETE /api/me/mfa/passkeys/{id}`

use actix_web::{
    delete,
    web::{Data, Path},
};
use shared_types::ids::PasskeyId;

use super::{announce, changed};
use crate::{
    app::App,
    audit::Event,
    domain::notice::Notice,
    error::{ApiError, ApiResult},
    http::{
        idempotency::{Answer, IdempotencyKey, Replayable, Ticket},
        origin::Origin,
        session::{Authenticated, CurrentUser},
    },
    openapi::{NotFoundProblem, SignedInProblems, WriteProblems},
};

const ROUTE: &str = "DELETE /api/me/mfa/passkeys/{id}";

/// Removes a passkey. All other sessions end; with the last second factor the recovery codes go too.
///
/// Needs a proof that is not older than five minutes (a setting).
#[utoipa::path(
    operation_id = "remove_passkey",
    tag = "security",
    security(("session" = [])),
    params(("id" = PasskeyId, Path, description = "The passkey"), IdempotencyKey),
    responses((status = 204, description = "Removed"), SignedInProblems, NotFoundProblem, WriteProblems)
)]
#[delete("/me/mfa/passkeys/{id}")]
pub async fn remove_passkey(
    app: Data<App>,
    user: CurrentUser,
    id: Path<PasskeyId>,
    key: IdempotencyKey,
    origin: Origin,
) -> ApiResult<Replayable> {
    user.require_recent(app.clock.now(), app.settings.step_up)?;
    let claim = key.of_user(user.user_id, ROUTE, &*id)?;
    app.idempotency.run(claim, async |ticket| remove(&app, ticket, &user, *id, &origin).await).await
}

async fn remove(
    app: &App,
    ticket: Ticket,
    user: &Authenticated,
    id: PasskeyId,
    origin: &Origin,
) -> ApiResult<Answer> {
    let tx = app.db.as_user(user.user_id).await?;
    tx.passkeys().one_at_a_time().await?;
    if !tx.passkeys().remove(id).await? {
        return Err(ApiError::not_found());
    }
    if !tx.factors().summary().await?.any() {
        tx.recovery_codes().remove().await?;
    }
    changed(app, &tx, user, origin, (Event::PasskeyRemoved, Notice::PasskeyRemoved)).await?;
    let answer = Answer::no_content();
    ticket.finish_as_user(&tx, &answer).await?;
    tx.commit().await?;
    announce(app, user);
    Ok(answer.already_stored())
}
