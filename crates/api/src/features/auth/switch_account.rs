//! `POST /api/me/accounts/switch`

use actix_web::{post, web::Data};
use shared_types::{account::SwitchAccountRequest, auth::SessionView, page::DataView, problem::ProblemCode};

use crate::{
    accounts,
    app::App,
    audit::Event,
    error::{ApiError, ApiResult},
    http::{
        body::ValidJson,
        idempotency::{Answer, IdempotencyKey, Replayable},
        origin::Origin,
        session::CurrentUser,
    },
    jobs::Job,
    limits::Action,
    openapi::{NotFoundProblem, ReadProblems, SignedInProblems, WriteProblems},
};

const ROUTE: &str = "POST /api/me/accounts/switch";

/// Lets this session act for another account. WHMCS is asked now whether the person still may.
///
/// An account that the person may not act for is answered like one that does not exist. Other sessions stay where they are.
#[utoipa::path(
    operation_id = "switch_account",
    tag = "account",
    security(("session" = [])),
    params(IdempotencyKey),
    request_body = SwitchAccountRequest,
    responses((status = 200, description = "The session as it is now", body = DataView<SessionView>), SignedInProblems, NotFoundProblem, ReadProblems, WriteProblems)
)]
#[post("/me/accounts/switch")]
pub async fn switch_account(
    app: Data<App>,
    user: CurrentUser,
    key: IdempotencyKey,
    origin: Origin,
    body: ValidJson<SwitchAccountRequest>,
) -> ApiResult<Replayable> {
    let claim = key.of_user(user.user_id, ROUTE, &(user.session_id, &body.0))?;
    app.idempotency
        .run(claim, async |_| {
            app.limits.take(Action::Refresh, &user.user_id.to_string()).await?;
            accounts::refresh(&app, user.user_id).await?;
            let view = switch(&app, &user, &origin, body.0).await?;
            app.sessions.reread(&user);
            app.jobs.wake();
            Ok(Answer::ok(DataView { data: view }))
        })
        .await
}

async fn switch(
    app: &App,
    user: &CurrentUser,
    origin: &Origin,
    wanted: SwitchAccountRequest,
) -> ApiResult<SessionView> {
    let wanted = i64::try_from(wanted.client_id).map_err(|_| ApiError::not_found())?;
    let tx = app.db.as_user(user.user_id).await?;
    let profile = tx.account().profile().await?.ok_or_else(ApiError::not_found)?;
    let (mapping, links) = (tx.mapping().await?, tx.account_links().await?);
    let own = mapping.as_ref().and_then(|mapping| mapping.whmcs_client_id);
    if own.is_none() {
        return Err(ApiError::new(ProblemCode::AccountNotReady));
    }
    let link = links.iter().find(|link| link.client_id == wanted).ok_or_else(ApiError::not_found)?;
    let acting_for = Some(wanted).filter(|_| own != Some(wanted));
    if !tx.sessions().act_for(user.session_id, acting_for).await? {
        return Err(ApiError::new(ProblemCode::AuthRequired));
    }
    if acting_for.is_some() && link.crm.is_none() {
        let job = Job::ConnectAccount { user: user.user_id, client: wanted };
        app.jobs.enqueue(&tx.jobs(), job).await?;
    }
    tx.audit().append(&Event::AccountSwitched.from_origin(origin)).await?;
    let choices = super::choices(&profile, mapping.as_ref(), &links, acting_for);
    tx.commit().await?;
    Ok(SessionView::SignedIn {
        user: super::session_user(&profile),
        can_switch: choices.len() > 1,
        account: super::current(choices),
        second_factors: Vec::new(),
        auth_time: user.auth_time,
        idle_expires_at: user.idle_expires_at,
        expires_at: user.expires_at,
    })
}
