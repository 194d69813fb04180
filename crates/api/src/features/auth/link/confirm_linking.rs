//! `POST /api/auth/link-whmcs/confirm`

use actix_web::{post, web::Data};
use secrecy::{ExposeSecret, SecretString};
use shared_types::{
    link::{LinkConfirmRequest, LinkView},
    page::DataView,
    problem::ProblemCode,
};

use crate::{
    app::App,
    audit::Event,
    domain::link::FlowStage,
    error::{ApiError, ApiResult},
    http::{
        body::ValidJson,
        flow_cookie::FlowCookie,
        idempotency::{Answer, BrowserMark, IdempotencyKey, Replayable, Ticket},
        origin::Origin,
    },
    limits::Action,
    openapi::WriteProblems,
    passwords::Verdict,
};

const ROUTE: &str = "POST /api/auth/link-whmcs/confirm";

/// Proves the address of the WHMCS login with the mailed code.
///
/// `conflict.step` where no code is due in this browser, or none can be tried any more.
#[utoipa::path(
    operation_id = "confirm_linking",
    tag = "auth",
    params(IdempotencyKey),
    request_body = LinkConfirmRequest,
    responses((status = 200, description = "What comes next", body = DataView<LinkView>), WriteProblems)
)]
#[post("/auth/link-whmcs/confirm")]
pub async fn confirm_linking(
    app: Data<App>,
    key: IdempotencyKey,
    browser: BrowserMark,
    flow: FlowCookie,
    origin: Origin,
    body: ValidJson<LinkConfirmRequest>,
) -> ApiResult<Replayable> {
    let out_of_order = || ApiError::new(ProblemCode::StepOutOfOrder);
    let claim = key.of_browser(&browser.mark, ROUTE, &body.0)?;
    let answer = app
        .idempotency
        .run(claim, async |ticket| {
            let hash = flow.hash().ok_or_else(out_of_order)?;
            app.limits.take(Action::ConfirmSource, &origin.network).await?;
            let tx = app.db.as_system().await?;
            let attempt = tx.link_flows().take_attempt(&hash).await?.ok_or_else(out_of_order)?;
            tx.commit().await?;
            // Before the code was mailed the check takes as long and fails.
            let code_hash = attempt.code_hash.as_ref().map(|hash| hash.expose_secret().to_owned());
            let verdict = app.passwords.verify(&SecretString::from(body.0.code), code_hash).await?;
            if verdict == Verdict::Wrong {
                app.audit(Event::LinkFailed, None, &origin).await?;
                return Err(ApiError::new(ProblemCode::CodeInvalid));
            }
            let login = super::proved(&attempt)?;
            let view = super::view(FlowStage::SetPassword, &login, attempt.expires_at);
            confirmed(&app, ticket, attempt.id, view, &origin).await
        })
        .await?;
    Ok(answer.with_cookies(browser.cookie))
}

async fn confirmed(
    app: &App,
    ticket: Ticket,
    id: crate::domain::link::LinkFlowId,
    view: LinkView,
    origin: &Origin,
) -> ApiResult<Answer> {
    let tx = app.db.as_system().await?;
    if !tx.link_flows().confirm(id).await? {
        return Err(ApiError::new(ProblemCode::StepOutOfOrder));
    }
    tx.audit(None).append(&Event::LinkProved.from_origin(origin)).await?;
    let answer = Answer::ok(DataView { data: view });
    ticket.finish_in(&tx, &answer).await?;
    tx.commit().await?;
    Ok(answer.already_stored())
}
