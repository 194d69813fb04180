//! Bringing an existing WHMCS login to the portal: proved once by its password or at WHMCS itself, then never asked for again.
//!
//! The steps are held together by a cookie of their own, which grants nothing else. Nothing here tells a stranger whether an address
//! has a login at WHMCS or in the portal: what is refused before the proof is refused alike, and leaves on a beat.

mod beat;
pub mod confirm_linking;
pub mod finish_linking;
pub mod get_linking;
pub mod link_login;
pub mod set_password;
pub mod start_linking;

use shared_types::{
    ids::UserId,
    link::{LinkAccountState, LinkStage, LinkView},
    problem::ProblemCode,
};

use crate::{
    app::App,
    audit::Event,
    domain::link::{FlowStage, LinkFlowId, LinkPayload, ProvedAccount, ProvedLogin},
    error::{ApiError, ApiResult},
    http::origin::Origin,
    jobs::Job,
    store::{EmailAddress, LinkFlow, NewLinkFlow, ProvisionState, StoreError, SystemTx},
    upstream::identity::{BillingPerson, PersonAccount},
};

/// A WHMCS login that was proved just now.
struct Proof {
    person: BillingPerson,
    accounts: Vec<PersonAccount>,
    /// Hash of its password, where it was given here.
    password_hash: Option<String>,
    /// What the proof itself says of the address.
    email_verified: Option<bool>,
}

/// Why a proved login cannot be linked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hindrance {
    /// It has no account of its own that is open.
    NoAccount,
    /// It, or every account that it could bring, is connected to the portal already.
    Taken,
}

impl From<Hindrance> for ApiError {
    fn from(hindrance: Hindrance) -> Self {
        Self::new(match hindrance {
            Hindrance::NoAccount => ProblemCode::LinkNoAccount,
            Hindrance::Taken => ProblemCode::LinkTaken,
        })
    }
}

/// The next step.
struct Next {
    stage: FlowStage,
    login: ProvedLogin,
}

/// Whether this address belongs to a login of the portal that has an account already. Such a person has a portal password, and WHMCS
/// is not asked about theirs any more. One who signed up with an address that WHMCS knew has none yet, and may link.
async fn is_linked(app: &App, email: &EmailAddress) -> Result<(bool, Option<UserId>), StoreError> {
    let tx = app.db.read_as_system().await?;
    let Some(known) = tx.users().by_email(email).await? else { return Ok((false, None)) };
    let state = tx.mappings().get(known.user_id).await?.map(|mapping| mapping.state);
    Ok((state != Some(ProvisionState::NeedsLink), Some(known.user_id)))
}

/// What a proof leads to.
async fn judge(app: &App, proof: Proof) -> ApiResult<Result<Next, Hindrance>> {
    let email = EmailAddress::parse(&proof.person.email).map_err(|_| {
        ApiError::new(ProblemCode::UpstreamInvalid)
            .because("a WHMCS user with an address that cannot be used")
    })?;
    if is_linked(app, &email).await?.0 {
        return Ok(Err(Hindrance::Taken));
    }
    let number = |id: u64| i64::try_from(id).map_err(ApiError::internal);
    let tx = app.db.read_as_system().await?;
    if tx.mappings().by_whmcs_user(number(proof.person.user_id)?).await?.is_some() {
        return Ok(Err(Hindrance::Taken));
    }
    let mut accounts = Vec::with_capacity(proof.accounts.len());
    let mut verified = proof.email_verified != Some(false);
    for account in proof.accounts {
        let taken = tx.mappings().by_whmcs_client(number(account.client_id)?).await?.is_some();
        verified &= !(account.is_owner && account.email_verified == Some(false));
        accounts.push(ProvedAccount {
            client_id: account.client_id,
            state: match (account.closed, account.is_owner, taken) {
                (true, _, _) => LinkAccountState::Closed,
                (false, false, _) => LinkAccountState::Guest,
                (false, true, true) => LinkAccountState::Taken,
                (false, true, false) => LinkAccountState::Open,
            },
            company_name: account.company_name,
            person_name: account.person_name,
            is_owner: account.is_owner,
            permissions: account.permissions,
        });
    }
    let has = |state| accounts.iter().any(|account| account.state == state);
    if !has(LinkAccountState::Open) {
        let taken = has(LinkAccountState::Taken);
        return Ok(Err(if taken { Hindrance::Taken } else { Hindrance::NoAccount }));
    }
    Ok(Ok(Next {
        stage: if verified { FlowStage::SetPassword } else { FlowStage::ConfirmEmail },
        login: ProvedLogin {
            user_id: proof.person.user_id,
            email: email.as_str().to_owned(),
            first_name: proof.person.first_name,
            last_name: proof.person.last_name,
            accounts,
            password_hash: proof.password_hash,
        },
    }))
}

/// Begins the flow of a proved login in place of the one that the browser had.
async fn begin(
    app: &App,
    tx: &SystemTx,
    next: Next,
    token_hash: [u8; 32],
    former: Option<[u8; 32]>,
    origin: &Origin,
) -> ApiResult<LinkView> {
    let id = LinkFlowId(app.random.uuid(app.clock.now()));
    let payload = LinkPayload::Proved(next.login.clone()).to_bytes().map_err(ApiError::internal)?;
    let flow = NewLinkFlow { id, token_hash, former, stage: next.stage, payload: &payload };
    let expires_at = tx.link_flows().insert(&flow).await?;
    if next.stage == FlowStage::ConfirmEmail {
        app.jobs.enqueue(&tx.jobs(), Job::MailLinkCode { flow: id }).await?;
    }
    tx.audit(None).append(&Event::LinkProved.from_origin(origin)).await?;
    Ok(view(next.stage, &next.login, expires_at))
}

/// A flow as the web app shows it. Which accounts there are is told when the address is proved too.
fn view(stage: FlowStage, login: &ProvedLogin, expires_at: chrono::DateTime<chrono::Utc>) -> LinkView {
    let (stage, accounts) = match stage {
        FlowStage::SetPassword => {
            (LinkStage::SetPassword, login.accounts.iter().map(ProvedAccount::view).collect())
        }
        FlowStage::AtWhmcs | FlowStage::ConfirmEmail => (LinkStage::ConfirmEmail, Vec::new()),
    };
    LinkView { stage, email: login.email.clone(), accounts, expires_at }
}

/// The login that a flow carries.
fn proved(flow: &LinkFlow) -> ApiResult<ProvedLogin> {
    match LinkPayload::from_bytes(&flow.payload).map_err(ApiError::internal)? {
        LinkPayload::Proved(login) => Ok(login),
        LinkPayload::Asked(_) => Err(ApiError::new(ProblemCode::StepOutOfOrder)),
    }
}
