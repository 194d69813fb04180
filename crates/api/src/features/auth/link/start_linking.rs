//! `GET /api/auth/link-whmcs/start`

use actix_web::{HttpRequest, HttpResponse, get, http::header, web::Data};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use shared_types::link::LinkProblem;
use tokio::time::Instant;
use url::Url;

use super::finish_linking::{callback, to_problem};
use crate::{
    app::App,
    domain::link::{FlowStage, LinkFlowId, LinkPayload, OpenIdQuestion},
    error::{ApiError, ApiResult},
    http::{
        flow_cookie::{FlowCookie, hash_of},
        origin::Origin,
    },
    limits::Action,
    openapi::{NotFoundProblem, PublicReadProblems, VisitProblems},
    store::NewLinkFlow,
    upstream::identity::{OpenIdLogin, OpenIdRequest},
};

/// Sends the browser to WHMCS, to sign in there with whatever WHMCS asks for; for a visit, not for a script.
///
/// 404 where the portal is not set up for it: `get_auth_options` says so. If WHMCS does not answer the browser is sent to
/// `/auth/link?problem=unavailable`.
#[utoipa::path(
    operation_id = "start_linking",
    tag = "auth",
    responses((status = 303, description = "To WHMCS, or back with a problem"), NotFoundProblem, PublicReadProblems, VisitProblems)
)]
#[get("/auth/link-whmcs/start")]
pub async fn start_linking(
    app: Data<App>,
    former: FlowCookie,
    origin: Origin,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    let provider = app.openid.clone().ok_or_else(ApiError::not_found)?;
    if comes_from_elsewhere(&request) {
        // Another site may not end the linking that this browser is in the middle of.
        return Ok(to_problem(&app, LinkProblem::Expired));
    }
    if app.limits.take(Action::LinkSource, &origin.network).await.is_err() {
        return Ok(to_problem(&app, LinkProblem::Unavailable));
    }
    let random = || URL_SAFE_NO_PAD.encode(app.random.token());
    let question = OpenIdQuestion { state: random(), nonce: random(), verifier: random() };
    let url = match address(&app, &*provider, &question).await {
        Ok(url) => url,
        Err(error) => {
            tracing::warn!(%error, "signing in at WHMCS cannot be offered now");
            return Ok(to_problem(&app, LinkProblem::Unavailable));
        }
    };
    let token = app.random.token();
    let payload = LinkPayload::Asked(question).to_bytes().map_err(ApiError::internal)?;
    let flow = NewLinkFlow {
        id: LinkFlowId(app.random.uuid(app.clock.now())),
        token_hash: hash_of(&token),
        former: former.hash(),
        stage: FlowStage::AtWhmcs,
        payload: &payload,
    };
    let tx = app.db.as_system().await?;
    tx.link_flows().insert(&flow).await?;
    tx.commit().await?;
    Ok(HttpResponse::SeeOther()
        .cookie(app.cookies.set_flow(&token))
        .insert_header((header::LOCATION, url.as_str()))
        .finish())
}

async fn address(
    app: &App,
    provider: &dyn OpenIdLogin,
    question: &OpenIdQuestion,
) -> Result<Url, crate::upstream::UpstreamError> {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&question.verifier));
    let redirect_uri = callback(app);
    let request = OpenIdRequest {
        state: &question.state,
        nonce: &question.nonce,
        challenge: &challenge,
        redirect_uri: &redirect_uri,
    };
    provider.question(Instant::now() + app.settings.read_deadline, &request).await
}

/// Browsers say where a visit comes from; one that was typed in comes from nowhere.
fn comes_from_elsewhere(request: &HttpRequest) -> bool {
    let site = request.headers().get("sec-fetch-site");
    site.is_some_and(|site| site == "cross-site" || site == "same-site")
}
