//! `POST /api/auth/set-password`

use actix_web::{post, web::Data};
use secrecy::SecretString;
use shared_types::{
    auth::SessionView,
    ids::UserId,
    link::{LinkAccountState, SetPasswordRequest},
    page::DataView,
    problem::{FieldCode, ProblemCode},
};

use crate::{
    app::App,
    audit::Event,
    domain::{
        factor::{Factor, Factors},
        link::{FlowStage, ProvedAccount, ProvedLogin},
        notice::Notice,
        password_rules::Owner,
    },
    error::{ApiError, ApiResult},
    http::{
        body::ValidJson,
        flow_cookie::FlowCookie,
        idempotency::{Answer, BrowserMark, IdempotencyKey, Replayable, Ticket},
        origin::Origin,
        pending::Presented,
    },
    jobs::Job,
    openapi::WriteProblems,
    passwords::Verdict,
    store::{
        BillingIds, EmailAddress, LinkFlow, NewAccountLink, NewUser, ProvisionState, StoreError, SystemTx,
        UniqueViolation, UserStatus,
    },
};

const ROUTE: &str = "POST /api/auth/set-password";

/// Ends linking: takes one of the open accounts, sets the portal's own password and signs in.
///
/// `conflict.step` where nothing was proved in this browser, or the time for it is over. Where the person had signed up before and set
/// up a second factor, the answer is `anonymous`: the login is linked, and signing in takes that factor.
#[utoipa::path(
    operation_id = "set_password",
    tag = "auth",
    params(IdempotencyKey),
    request_body = SetPasswordRequest,
    responses((status = 200, description = "Linked and signed in; the cookie is set", body = DataView<SessionView>), WriteProblems)
)]
#[post("/auth/set-password")]
pub async fn set_password(
    app: Data<App>,
    key: IdempotencyKey,
    browser: BrowserMark,
    former: Presented,
    flow: FlowCookie,
    origin: Origin,
    body: ValidJson<SetPasswordRequest>,
) -> ApiResult<Replayable> {
    let claim = key.of_browser(&browser.mark, ROUTE, &body.0)?;
    let answer =
        app.idempotency.run(claim, async |ticket| finish(&app, ticket, flow, &origin, body.0).await).await?;
    let answer = answer.with_cookies(browser.cookie);
    if answer.is_replay() {
        let session = super::super::session_for_replay(&app, &answer, factors(), &origin).await?;
        return Ok(answer.with_cookies(session.into_iter().flat_map(|session| session.cookies(app.cookies))));
    }
    if answer.is_success() {
        former.end(&app).await?;
    }
    Ok(answer)
}

/// The WHMCS login was proved, and the password chosen.
fn factors() -> Factors {
    Factors::of(Factor::Billing).and(Factor::Password)
}

async fn finish(
    app: &Data<App>,
    ticket: Ticket,
    cookie: FlowCookie,
    origin: &Origin,
    body: SetPasswordRequest,
) -> ApiResult<Answer> {
    let token_hash = cookie.hash().ok_or_else(|| ApiError::new(ProblemCode::StepOutOfOrder))?;
    let tx = app.db.read_as_system().await?;
    let flow = tx.link_flows().by_token_hash(&token_hash).await?;
    drop(tx);
    let flow = flow
        .filter(|flow| flow.stage == FlowStage::SetPassword)
        .ok_or_else(|| ApiError::new(ProblemCode::StepOutOfOrder))?;
    let login = super::proved(&flow)?;
    let chosen = login
        .accounts
        .iter()
        .find(|account| account.client_id == body.client_id && account.state == LinkAccountState::Open)
        .ok_or_else(|| ApiError::field("/client_id", FieldCode::Choice))?;
    let password = SecretString::from(body.password);
    check_password(app, &login, chosen, &password).await?;
    let hash = SecretString::from(app.passwords.hash(&password).await?);
    match link(app, ticket, &flow, &login, chosen, &hash, origin).await {
        Err(Trouble::Taken) => {
            app.audit(Event::LinkFailed, None, origin).await?;
            Err(ApiError::new(ProblemCode::LinkTaken))
        }
        Err(Trouble::Other(error)) => Err(error),
        Ok(answer) => {
            app.jobs.wake();
            Ok(answer.with_cookie(app.cookies.clear_flow()))
        }
    }
}

/// The rules of sign-up, and another one than WHMCS's.
async fn check_password(
    app: &App,
    login: &ProvedLogin,
    chosen: &ProvedAccount,
    password: &SecretString,
) -> ApiResult<()> {
    use secrecy::ExposeSecret as _;
    let owner = Owner {
        email: &login.email,
        first_name: &login.first_name,
        last_name: &login.last_name,
        company_name: &chosen.company_name,
    };
    super::super::require_good_password(app, &owner, password.expose_secret())?;
    if let Some(hash) = &login.password_hash
        && app.passwords.verify(password, Some(hash.clone())).await? != Verdict::Wrong
    {
        return Err(ApiError::field("/password", FieldCode::Same));
    }
    Ok(())
}

enum Trouble {
    /// Somebody was quicker, or had it before.
    Taken,
    Other(ApiError),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(_) => Self::Taken,
            error => Self::Other(error.into()),
        }
    }
}

impl From<ApiError> for Trouble {
    fn from(error: ApiError) -> Self {
        Self::Other(error)
    }
}

/// User, accounts, jobs, session and answer: all or nothing.
async fn link(
    app: &Data<App>,
    ticket: Ticket,
    flow: &LinkFlow,
    login: &ProvedLogin,
    chosen: &ProvedAccount,
    hash: &SecretString,
    origin: &Origin,
) -> Result<Answer, Trouble> {
    let tx = app.db.as_system().await?;
    if !tx.link_flows().consume(flow.id, FlowStage::SetPassword).await? {
        return Err(ApiError::new(ProblemCode::StepOutOfOrder).into());
    }
    let user = person(app, &tx, login, chosen, hash).await?;
    connect(&tx, user, login, chosen).await?;
    app.jobs.enqueue(&tx.jobs(), Job::ProvisionCustomer { user }).await?;
    app.jobs.enqueue(&tx.jobs(), Job::MailNotice { user, notice: Notice::LoginLinked }).await?;
    tx.audit(Some(user)).append(&Event::Linked.from_origin(origin)).await?;
    let (answer, cookies) = if tx.account(user).has_second_factor().await? {
        (Answer::ok(DataView { data: SessionView::Anonymous }), Vec::new())
    } else {
        let (session, view) = super::super::complete_sign_in(app, &tx, user, factors(), origin).await?;
        (Answer::ok(DataView { data: view }), session.cookies(app.cookies))
    };
    ticket.finish_in(&tx, &answer).await?;
    tx.commit().await?;
    app.sessions.reread_all(user);
    Ok(cookies.into_iter().fold(answer.already_stored(), Answer::with_cookie))
}

/// The portal user: a new one, or the one who signed up with this address and could not be given an account then.
async fn person(
    app: &App,
    tx: &SystemTx,
    login: &ProvedLogin,
    chosen: &ProvedAccount,
    hash: &SecretString,
) -> Result<UserId, Trouble> {
    let email = EmailAddress::parse(&login.email).map_err(ApiError::internal)?;
    if let Some(known) = tx.users().by_email(&email).await? {
        let state = tx.mappings().get(known.user_id).await?.map(|mapping| mapping.state);
        if state != Some(ProvisionState::NeedsLink) || known.status != UserStatus::Active {
            return Err(Trouble::Taken);
        }
        // The password is another one now, so whoever is signed in by the old one is so no longer.
        tx.account(known.user_id).set_password_hash(hash).await?;
        tx.account(known.user_id).bump_session_epoch().await?;
        return Ok(known.user_id);
    }
    let user = NewUser {
        id: UserId::from_uuid(app.random.uuid(app.clock.now())),
        email,
        first_name: login.first_name.clone(),
        last_name: login.last_name.clone(),
        company_name: chosen.company_name.clone(),
        password_hash: hash.clone(),
    };
    tx.users().insert(&user).await?;
    tx.mappings().insert_pending(user.id, &app.new_marker()).await?;
    Ok(user.id)
}

async fn connect(
    tx: &SystemTx,
    user: UserId,
    login: &ProvedLogin,
    chosen: &ProvedAccount,
) -> Result<(), Trouble> {
    let number = |id: u64| i64::try_from(id).map_err(ApiError::internal);
    let ids = BillingIds { user: Some(number(login.user_id)?), client: number(chosen.client_id)? };
    if !tx.mappings().set_billing(user, ids).await? {
        return Err(StoreError::Conflict(UniqueViolation::WhmcsClient).into());
    }
    let mut links = Vec::with_capacity(login.accounts.len());
    for account in login.accounts.iter().filter(|account| account.state != LinkAccountState::Closed) {
        links.push(NewAccountLink {
            client_id: number(account.client_id)?,
            is_owner: account.is_owner,
            permissions: account.permissions.clone(),
            name: account.name().to_owned(),
        });
    }
    Ok(tx.account_links(user).replace(&links).await?)
}
