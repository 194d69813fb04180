//! `POST /api/auth/logout`

use actix_web::{HttpResponse, post, web::Data};

use crate::{
    app::App,
    audit::Event,
    error::ApiResult,
    http::{origin::Origin, pending::Presented},
    openapi::WriteProblems,
};

/// Signs out: the session is dead at once, here and on every replica within seconds. Signing out twice is no error.
/// Ends a sign-in that waits for a second proof too.
#[utoipa::path(
    operation_id = "log_out",
    tag = "auth",
    responses((status = 204, description = "Signed out; the cookie is taken away"), WriteProblems)
)]
#[post("/auth/logout")]
pub async fn log_out(app: Data<App>, session: Presented, origin: Origin) -> ApiResult<HttpResponse> {
    if let Some(user) = session.end(&app).await? {
        app.audit(Event::SignedOut, Some(user.user_id), &origin).await?;
    }
    // ASVS 14.3.1. What the browser keeps of the portal is public, but a shared computer should keep nothing at all.
    Ok(HttpResponse::NoContent()
        .cookie(app.cookies.clear_session())
        .insert_header(("clear-site-data", "\"cache\", \"storage\""))
        .finish())
}
