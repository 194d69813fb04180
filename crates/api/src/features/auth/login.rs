//! `POST /api/auth/login`

use actix_web::{HttpResponse, post, web::Data};
use shared_types::{
    auth::{LoginRequest, SessionView},
    page::DataView,
};

use super::password::{self, Proved};
use crate::{
    app::App,
    audit::Event,
    domain::factor::{Factor, Factors},
    error::ApiResult,
    http::{body::ValidJson, origin::Origin, session::MaybeUser},
    openapi::WriteProblems,
};

/// Signs in: sets the session cookie, ends the session that the browser had before.
///
/// Also proves the password anew for operations that answered `auth.step_up_required`.
#[utoipa::path(
    operation_id = "log_in",
    tag = "auth",
    request_body = LoginRequest,
    responses(
        (status = 200, description = "Signed in; the cookie is set", body = DataView<SessionView>),
        (status = 401, description = "`auth.invalid_credentials`", body = shared_types::problem::Problem, content_type = "application/problem+json"),
        WriteProblems
    )
)]
#[post("/auth/login")]
pub async fn log_in(
    app: Data<App>,
    former: MaybeUser,
    origin: Origin,
    body: ValidJson<LoginRequest>,
) -> ApiResult<HttpResponse> {
    let proved = password::prove(&app, &body.0.email, body.0.password, &origin).await?;
    let (token, view) = sign_in(&app, &proved, &origin).await?;
    proved.forget_failures(&app).await?;
    super::end_former(&app, former.0.as_deref()).await?;
    Ok(HttpResponse::Ok().cookie(app.cookies.set_session(&token)).json(DataView { data: view }))
}

async fn sign_in(app: &App, proved: &Proved, origin: &Origin) -> ApiResult<([u8; 32], SessionView)> {
    let tx = app.db.as_system().await?;
    if let Some(hash) = &proved.new_hash {
        tx.account(proved.user).set_password_hash(hash).await?;
    }
    let (session, view) =
        super::open_session(app, &tx, proved.user, Factors::of(Factor::Password), origin).await?;
    tx.audit(Some(proved.user)).append(&Event::SignedIn.from_origin(origin)).await?;
    tx.commit().await?;
    Ok((session.token, view))
}
