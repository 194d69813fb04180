//! `DELETE /api/me/sessions/{id}`

use actix_web::{
    delete,
    web::{Data, Path},
};
use shared_types::ids::SessionId;

use crate::{
    app::App,
    audit::Event,
    error::{ApiError, ApiResult},
    http::{
        idempotency::{Answer, IdempotencyKey, Replayable},
        origin::Origin,
        session::CurrentUser,
    },
    openapi::{NotFoundProblem, SignedInProblems, WriteProblems},
};

const ROUTE: &str = "DELETE /api/me/sessions/{id}";

/// Ends one of the person's sessions: at once on this replica, within seconds on others. It may be the one that asks.
#[utoipa::path(
    operation_id = "revoke_session",
    tag = "account",
    security(("session" = [])),
    params(("id" = SessionId, Path, description = "The session"), IdempotencyKey),
    responses((status = 204, description = "The session is over"), SignedInProblems, NotFoundProblem, WriteProblems)
)]
#[delete("/me/sessions/{id}")]
pub async fn revoke_session(
    app: Data<App>,
    user: CurrentUser,
    id: Path<SessionId>,
    key: IdempotencyKey,
    origin: Origin,
) -> ApiResult<Replayable> {
    let claim = key.of_user(user.user_id, ROUTE, &*id)?;
    let answer = app
        .idempotency
        .run(claim, async |ticket| {
            let answer = Answer::no_content();
            let tx = app.db.as_user(user.user_id).await?;
            let ended = tx.sessions().revoke(*id).await?.ok_or_else(ApiError::not_found)?;
            tx.audit().append(&Event::SessionRevoked.from_origin(&origin)).await?;
            ticket.finish_as_user(&tx, &answer).await?;
            tx.commit().await?;
            app.sessions.ended([ended]);
            Ok(answer.already_stored())
        })
        .await?;
    let own = (*id == user.session_id).then(|| app.cookies.clear_session());
    Ok(answer.with_cookies(own))
}
