//! `GET /api/auth/session`

use actix_web::{HttpResponse, get, web::Data};
use shared_types::{auth::SessionView, page::DataView};

use super::pending;
use crate::{
    app::App,
    error::{ApiError, ApiResult},
    http::{
        idempotency::BrowserMark,
        pending::{PendingSignIn, Presented},
    },
    openapi::PublicReadProblems,
};

/// Who is signed in, if anybody. Marks the browser, so that its first writing request can be told from others'.
#[utoipa::path(
    operation_id = "get_session",
    tag = "auth",
    responses((status = 200, description = "The state of the session", body = DataView<SessionView>), PublicReadProblems)
)]
#[get("/auth/session")]
pub async fn get_session(
    app: Data<App>,
    session: Presented,
    browser: BrowserMark,
) -> ApiResult<HttpResponse> {
    let data = match session {
        Presented::Nothing => SessionView::Anonymous,
        Presented::Pending(session) => pending::view(&app, &PendingSignIn::of_session(session)).await?,
        Presented::Decoy(decoy) => pending::view(&app, &PendingSignIn::of_decoy(decoy)).await?,
        Presented::User(user) => {
            let tx = app.db.read_as_user(user.user_id).await?;
            let profile = tx.account().profile().await?.ok_or_else(ApiError::not_found)?;
            let (mapping, links) = (tx.mapping().await?, tx.account_links().await?);
            let choices = super::choices(&profile, mapping.as_ref(), &links, user.acting_for);
            SessionView::SignedIn {
                user: super::session_user(&profile),
                can_switch: choices.len() > 1,
                account: super::current(choices),
                second_factors: tx.factors().summary().await?.methods(),
                auth_time: user.auth_time,
                idle_expires_at: user.idle_expires_at,
                expires_at: user.expires_at,
            }
        }
    };
    let mut answer = HttpResponse::Ok();
    if let Some(cookie) = browser.cookie {
        answer.cookie(cookie);
    }
    Ok(answer.json(DataView { data }))
}
