//! `GET /api/auth/link-whmcs/callback`

use actix_web::{HttpResponse, get, http::header, web::Data};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use shared_types::{link::LinkProblem, problem::FieldCode};
use tokio::time::Instant;

use super::{Hindrance, Proof};
use crate::{
    app::App,
    audit::Event,
    domain::link::{FlowStage, LinkPayload, OpenIdQuestion},
    error::{ApiError, ApiResult},
    http::{
        flow_cookie::{FlowCookie, hash_of},
        origin::Origin,
        query::{Query, ValidQuery},
    },
    limits::Action,
    openapi::{NotFoundProblem, PublicReadProblems, VisitProblems},
    upstream::{
        UpstreamError,
        identity::{Asker, OpenIdAnswer, OpenIdError, OpenIdIdentity, OpenIdLogin},
    },
};

/// WHMCS's answer (RFC 6749, 4.1.2). WHMCS may add more, which does not matter.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FinishLinkingQuery {
    /// To be redeemed.
    code: Option<String>,
    /// Of the question.
    state: Option<String>,
    /// Why there is no code.
    error: Option<String>,
}

impl Query for FinishLinkingQuery {
    fn wrong(&self) -> Vec<(&'static str, FieldCode)> {
        Vec::new()
    }
}

/// Takes the browser back from WHMCS and sends it on to `/auth/set-password`, or to `/auth/link?problem=…` where there is one.
#[utoipa::path(
    operation_id = "finish_linking",
    tag = "auth",
    params(FinishLinkingQuery),
    responses((status = 303, description = "To the web app"), NotFoundProblem, PublicReadProblems, VisitProblems)
)]
#[get("/auth/link-whmcs/callback")]
pub async fn finish_linking(
    app: Data<App>,
    flow: FlowCookie,
    origin: Origin,
    query: ValidQuery<FinishLinkingQuery>,
) -> ApiResult<HttpResponse> {
    let provider = app.openid.clone().ok_or_else(ApiError::not_found)?;
    if app.limits.take(Action::LinkSource, &origin.network).await.is_err() {
        return Ok(to_problem(&app, LinkProblem::Unavailable));
    }
    match finish(&app, &*provider, flow, &origin, query.0).await? {
        Ok(token) => Ok(HttpResponse::SeeOther()
            .cookie(app.cookies.set_flow(&token))
            .insert_header((header::LOCATION, app.settings.page("auth/set-password")))
            .finish()),
        Err(problem) => {
            app.audit(Event::LinkFailed, None, &origin).await?;
            Ok(to_problem(&app, problem))
        }
    }
}

async fn finish(
    app: &App,
    provider: &dyn OpenIdLogin,
    flow: FlowCookie,
    origin: &Origin,
    answer: FinishLinkingQuery,
) -> ApiResult<Result<[u8; 32], LinkProblem>> {
    let Some(question) = asked(app, flow, answer.state.as_deref()).await? else {
        return Ok(Err(LinkProblem::Expired));
    };
    let code = match (answer.code, answer.error.as_deref()) {
        (Some(code), None) => code,
        (_, Some("server_error" | "temporarily_unavailable")) => return Ok(Err(LinkProblem::Unavailable)),
        _ => return Ok(Err(LinkProblem::Declined)),
    };
    let proof = match prove(app, provider, &question, &code).await {
        Ok(Some(proof)) => proof,
        Ok(None) => return Ok(Err(LinkProblem::NoAccount)),
        Err(OpenIdError::Outdated) => return Ok(Err(LinkProblem::Expired)),
        Err(OpenIdError::Upstream(error)) => {
            tracing::warn!(%error, "signing in at WHMCS failed");
            return Ok(Err(LinkProblem::Unavailable));
        }
    };
    let next = match super::judge(app, proof).await? {
        Ok(next) => next,
        Err(Hindrance::NoAccount) => return Ok(Err(LinkProblem::NoAccount)),
        Err(Hindrance::Taken) => return Ok(Err(LinkProblem::Taken)),
    };
    // What was before the proof and what is after it are not held together by the same cookie.
    let token = app.random.token();
    let tx = app.db.as_system().await?;
    super::begin(app, &tx, next, hash_of(&token), flow.hash(), origin).await?;
    tx.commit().await?;
    app.jobs.wake();
    Ok(Ok(token))
}

/// The question of this browser that an answer belongs to. It can be answered once, whatever comes of it; an answer that does not fit
/// leaves it open, since anybody could send a browser here.
async fn asked(app: &App, flow: FlowCookie, state: Option<&str>) -> ApiResult<Option<OpenIdQuestion>> {
    let (Some(hash), Some(state)) = (flow.hash(), state) else { return Ok(None) };
    let tx = app.db.as_system().await?;
    let found = tx.link_flows().by_token_hash(&hash).await?;
    let Some(found) = found.filter(|flow| flow.stage == FlowStage::AtWhmcs) else { return Ok(None) };
    let LinkPayload::Asked(question) = LinkPayload::from_bytes(&found.payload).map_err(ApiError::internal)?
    else {
        return Ok(None);
    };
    // Of equal length, and nothing of the texts shows in the time it takes.
    if Sha256::digest(&question.state) != Sha256::digest(state) {
        return Ok(None);
    }
    if !tx.link_flows().consume(found.id, FlowStage::AtWhmcs).await? {
        return Ok(None);
    }
    tx.commit().await?;
    Ok(Some(question))
}

/// Who signed in at WHMCS, and what they may act for. `None` for somebody whom WHMCS does not list.
async fn prove(
    app: &App,
    provider: &dyn OpenIdLogin,
    question: &OpenIdQuestion,
    code: &str,
) -> Result<Option<Proof>, OpenIdError> {
    let deadline = Instant::now() + app.settings.read_deadline;
    let redirect_uri = callback(app);
    let answer = OpenIdAnswer {
        code,
        verifier: &question.verifier,
        nonce: &question.nonce,
        redirect_uri: &redirect_uri,
    };
    let identity = provider.redeem(deadline, &answer).await?;
    Ok(proof(app, identity, deadline).await?)
}

async fn proof(
    app: &App,
    identity: OpenIdIdentity,
    deadline: Instant,
) -> Result<Option<Proof>, UpstreamError> {
    let asker = Asker { user: None, deadline };
    let Some(person) = app.logins.person(asker, &identity.email, identity.user_id).await? else {
        return Ok(None);
    };
    let accounts = app.logins.accounts(asker, &person).await?;
    Ok(Some(Proof { person, accounts, password_hash: None, email_verified: identity.email_verified }))
}

/// Where WHMCS sends the browser back to. Registered there, character by character.
pub(super) fn callback(app: &App) -> String {
    app.settings.page("api/auth/link-whmcs/callback")
}

/// Back to the page of linking, which has a text for each problem.
pub(super) fn to_problem(app: &App, problem: LinkProblem) -> HttpResponse {
    let word = serde_json::to_value(problem).ok();
    let word = word.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
    let page = format!("{}?problem={word}", app.settings.page("auth/link"));
    HttpResponse::SeeOther().insert_header((header::LOCATION, page)).finish()
}
