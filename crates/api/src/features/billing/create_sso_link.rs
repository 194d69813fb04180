//! `POST /api/invoices/{id}/sso-link`

use std::time::Duration;

use actix_web::{
    post,
    web::{Data, Path},
};
use secrecy::ExposeSecret;
use shared_types::{
    account::Permission,
    billing::{InvoiceDetailView, SsoLinkRequest, SsoLinkView, SsoPurpose},
    ids::InvoiceId,
    page::DataView,
    problem::ProblemCode,
};

use crate::{
    app::App,
    audit::Event,
    error::{ApiError, ApiResult},
    http::{
        body::ValidJson,
        idempotency::{Answer, IdempotencyKey, Replayable},
        origin::Origin,
        session::CurrentUser,
    },
    limits::Action,
    openapi::{NotFoundProblem, ReadProblems, SignedInProblems, WriteProblems},
    readings::{StoredItem, decode},
    upstream::{Caller, billing::SsoTarget},
};

/// WHMCS's own limit for the token of a link.
const LIFETIME: Duration = Duration::from_mins(1);

/// A repetition gets the same link, alive or dead: `expires_at` says which. For a new one the client takes a new key.
const ROUTE: &str = "POST /api/invoices/{id}/sso-link";

/// A link that signs the customer in to WHMCS to pay, look at or print this invoice.
///
/// It works once, for a minute, and opens the customer's whole account there: make it on the click, follow it at once, store it nowhere.
/// The password must have been proved within the last half hour (a setting); else `auth.step_up_required`, and signing in again helps.
#[utoipa::path(
    operation_id = "create_sso_link",
    tag = "invoices",
    security(("session" = [])),
    params(("id" = u64, Path, description = "The invoice"), IdempotencyKey),
    request_body = SsoLinkRequest,
    responses((status = 200, description = "The link", body = DataView<SsoLinkView>), SignedInProblems, NotFoundProblem, ReadProblems, WriteProblems)
)]
#[post("/invoices/{id}/sso-link")]
pub async fn create_sso_link(
    app: Data<App>,
    user: CurrentUser,
    id: Path<InvoiceId>,
    key: IdempotencyKey,
    origin: Origin,
    body: ValidJson<SsoLinkRequest>,
) -> ApiResult<Replayable> {
    let account = user.account(Permission::Invoices)?;
    user.require_recent(app.clock.now(), app.settings.sso_step_up)?;
    // Whose invoice it is has to be known before anything is claimed or sent again; a copy is good enough for that.
    app.readings.invoice(app.reader(user.user_id, account, None), *id).await?;
    let claim = key.of_user(user.user_id, ROUTE, &(*id, &body.0))?;
    app.idempotency
        .run(claim, async |_| {
            app.limits.take(Action::SsoLink, &user.user_id.to_string()).await?;
            // Whether it can be paid, WHMCS must have said just now.
            let reader = app.reader(user.user_id, account, Some(Duration::from_secs(2)));
            let hit = app.readings.invoice(reader, *id).await?;
            if hit.meta().stale {
                return Err(
                    ApiError::new(ProblemCode::UpstreamUnavailable).retry_after(Duration::from_secs(5))
                );
            }
            let invoice: StoredItem<InvoiceDetailView> = decode(&hit)?;
            let target = target(body.0.purpose, &invoice.data)?;
            let caller = Caller { user: user.user_id, deadline: reader.deadline };
            let link = app.billing.sso_link(caller, account, target).await?;
            app.audit(Event::SsoLinkMade, Some(user.user_id), &origin).await?;
            let expires_at = crate::clock::later(app.clock.now(), LIFETIME);
            Ok(Answer::ok(DataView {
                data: SsoLinkView { url: link.expose_secret().to_owned(), expires_at },
            }))
        })
        .await
}

fn target(purpose: SsoPurpose, invoice: &InvoiceDetailView) -> ApiResult<SsoTarget> {
    let id = invoice.invoice.id;
    match purpose {
        SsoPurpose::Pay if !invoice.payable => Err(ApiError::new(ProblemCode::InvoiceState)),
        SsoPurpose::Pay | SsoPurpose::View => Ok(SsoTarget::Invoice(id)),
        SsoPurpose::Pdf => Ok(SsoTarget::InvoicePdf(id)),
    }
}
