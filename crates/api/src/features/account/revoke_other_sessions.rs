//! `DELETE /api/me/sessions`

use actix_web::{delete, web::Data};

use crate::{
    app::App,
    audit::Event,
    error::ApiResult,
    http::{
        idempotency::{Answer, IdempotencyKey, Replayable},
        origin::Origin,
        session::CurrentUser,
    },
    openapi::{SignedInProblems, WriteProblems},
};

const ROUTE: &str = "DELETE /api/me/sessions";

/// Ends all of the person's sessions but the one that asks.
#[utoipa::path(
    operation_id = "revoke_other_sessions",
    tag = "account",
    security(("session" = [])),
    params(IdempotencyKey),
    responses((status = 204, description = "The other sessions are over"), SignedInProblems, WriteProblems)
)]
#[delete("/me/sessions")]
pub async fn revoke_other_sessions(
    app: Data<App>,
    user: CurrentUser,
    key: IdempotencyKey,
    origin: Origin,
) -> ApiResult<Replayable> {
    let claim = key.of_user(user.user_id, ROUTE, &())?;
    app.idempotency
        .run(claim, async |ticket| {
            let answer = Answer::no_content();
            let tx = app.db.as_user(user.user_id).await?;
            let ended = tx.sessions().revoke_all(Some(user.session_id)).await?;
            tx.audit().append(&Event::OtherSessionsRevoked.from_origin(&origin)).await?;
            ticket.finish_as_user(&tx, &answer).await?;
            tx.commit().await?;
            app.sessions.ended(ended);
            Ok(answer.already_stored())
        })
        .await
}
