//! `POST /api/auth/link-whmcs`

use actix_web::{post, web::Data};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;
use shared_types::{
    link::{LinkRequest, LinkView},
    page::DataView,
    problem::{FieldCode, ProblemCode},
};
use tokio::time::Instant;

use super::{Proof, beat};
use crate::{
    app::App,
    audit::Event,
    error::{ApiError, ApiResult},
    http::{
        body::ValidJson,
        flow_cookie::{FlowCookie, hash_of},
        idempotency::{Answer, BrowserMark, IdempotencyKey, Replayable, Ticket},
        origin::Origin,
    },
    limits::Action,
    openapi::{UpstreamProblems, WriteProblems},
    store::EmailAddress,
    upstream::identity::{Asker, PasswordCheck},
};

const ROUTE: &str = "POST /api/auth/link-whmcs";

/// Proves a WHMCS login by its password, once. What comes next is in the answer; a cookie holds the steps together.
///
/// A wrong password, an unknown address and an address that is connected to the portal already are answered alike, in text and time.
#[utoipa::path(
    operation_id = "link_login",
    tag = "auth",
    params(IdempotencyKey),
    request_body = LinkRequest,
    responses(
        (status = 200, description = "Proved; the cookie of the steps is set", body = DataView<LinkView>),
        (status = 401, description = "`auth.invalid_credentials`", body = shared_types::problem::Problem, content_type = "application/problem+json"),
        WriteProblems,
        UpstreamProblems
    )
)]
#[post("/auth/link-whmcs")]
pub async fn link_login(
    app: Data<App>,
    key: IdempotencyKey,
    browser: BrowserMark,
    former: FlowCookie,
    origin: Origin,
    body: ValidJson<LinkRequest>,
) -> ApiResult<Replayable> {
    let email =
        EmailAddress::parse(&body.0.email).map_err(|_| ApiError::field("/email", FieldCode::Email))?;
    let claim = key.of_browser(&browser.mark, ROUTE, &body.0)?;
    // A repetition gets the same cookie as the answer that was lost.
    let token = app.idempotency.secret_of(&claim);
    let password = SecretString::from(body.0.password);
    let answer = app
        .idempotency
        .run(claim, async |ticket| {
            let proof = prove(&app, &email, &password, &origin).await?;
            begin(&app, ticket, proof, hash_of(&token), former.hash(), &origin).await
        })
        .await?;
    let flow = answer.is_success().then(|| app.cookies.set_flow(&token));
    Ok(answer.with_cookies(browser.cookie).with_cookies(flow))
}

async fn begin(
    app: &App,
    ticket: Ticket,
    proof: Proof,
    token_hash: [u8; 32],
    former: Option<[u8; 32]>,
    origin: &Origin,
) -> ApiResult<Answer> {
    let next = match super::judge(app, proof).await? {
        Ok(next) => next,
        Err(hindrance) => {
            app.audit(Event::LinkFailed, None, origin).await?;
            return Err(hindrance.into());
        }
    };
    let tx = app.db.as_system().await?;
    let view = super::begin(app, &tx, next, token_hash, former, origin).await?;
    let answer = Answer::ok(DataView { data: view });
    ticket.finish_in(&tx, &answer).await?;
    tx.commit().await?;
    app.jobs.wake();
    Ok(answer.already_stored())
}

/// Whether address and password belong together. Everything up to the answer of WHMCS happens to known and unknown addresses alike.
async fn prove(
    app: &App,
    email: &EmailAddress,
    password: &SecretString,
    origin: &Origin,
) -> ApiResult<Proof> {
    let began = Instant::now();
    let deadline = began + app.settings.read_deadline;
    app.limits.take(Action::LinkSource, &origin.network).await?;
    app.limits.take(Action::LinkAccount, email.as_str()).await?;
    app.limits.take(Action::WhmcsLogin, "all").await?;
    let (is_linked, known) = super::is_linked(app, email).await?;
    let check = if is_linked {
        // This person has a password of the portal: the one of WHMCS is nobody's business here any more.
        let nobody = format!("{}@nobody.invalid", URL_SAFE_NO_PAD.encode(app.random.token()));
        app.logins.pretend_check(deadline, &nobody).await.map(|()| PasswordCheck::Wrong)
    } else {
        app.logins.check_password(deadline, email.as_str(), password).await
    };
    let user_id = match check {
        Ok(PasswordCheck::Right { user_id }) => user_id,
        Ok(PasswordCheck::SecondFactorDue) => {
            right(app, email).await?;
            app.audit(Event::LinkFailed, known, origin).await?;
            return Err(ApiError::new(ProblemCode::LinkSecondFactor));
        }
        refused => {
            app.audit(Event::LinkFailed, known, origin).await?;
            beat::next(began).await;
            refused?;
            return Err(ApiError::new(ProblemCode::InvalidCredentials));
        }
    };
    right(app, email).await?;
    let asker = Asker { user: None, deadline };
    let person = app.logins.person(asker, email.as_str(), Some(user_id)).await?.ok_or_else(|| {
        ApiError::new(ProblemCode::UpstreamInvalid).because("ValidateLogin and GetUsers name different users")
    })?;
    let accounts = app.logins.accounts(asker, &person).await?;
    let password_hash = Some(app.passwords.hash(password).await?);
    Ok(Proof { person, accounts, password_hash, email_verified: None })
}

/// Only wrong passwords count against the portal at WHMCS, and against the person here.
async fn right(app: &App, email: &EmailAddress) -> ApiResult<()> {
    app.limits.give_back(Action::WhmcsLogin, "all").await?;
    app.limits.forget(Action::LinkAccount, email.as_str()).await
}
