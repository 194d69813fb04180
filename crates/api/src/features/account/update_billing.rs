//! `PATCH /api/me/billing`

use actix_web::{patch, web::Data};
use shared_types::{
    account::{BillingContactView, Permission, SavedView, SyncState, UpdateBillingRequest},
    page::DataView,
};

use super::save::{self, Change};
use crate::{
    app::App,
    domain::{
        account::BillingAccount,
        profile::{ContactChange, ContactField},
        regions,
    },
    error::{ApiError, ApiResult},
    http::{
        body::ValidJson,
        idempotency::{Answer, IdempotencyKey, Replayable},
        origin::Origin,
        session::{Authenticated, CurrentUser},
    },
    limits::Action,
    openapi::{ReadProblems, SignedInProblems, WriteProblems},
};

const ROUTE: &str = "PATCH /api/me/billing";

/// Changes name and address on invoices; members that are left out stay.
///
/// `billing` and `support` say how far the change has come. `saved`: `value` is what billing shows. `pending`: the portal goes on trying
/// by itself, and `value` is what it will be. `refused` with 200: billing took the change and left a field filled that was to be emptied
/// (`value` is what it shows), or support's records could not follow. A change that billing refuses as a whole is a problem: 422 where a
/// field is known, else 409 `conflict.billing_refused`; then nothing has changed. A later change wins over an earlier one that is pending.
#[utoipa::path(
    operation_id = "update_billing",
    tag = "account",
    security(("session" = [])),
    params(IdempotencyKey),
    request_body = UpdateBillingRequest,
    responses(
        (status = 200, description = "What became of the change", body = DataView<SavedView<BillingContactView>>),
        SignedInProblems, ReadProblems, WriteProblems
    )
)]
#[patch("/me/billing")]
pub async fn update_billing(
    app: Data<App>,
    user: CurrentUser,
    key: IdempotencyKey,
    origin: Origin,
    body: ValidJson<UpdateBillingRequest>,
) -> ApiResult<Replayable> {
    let account = user.account(Permission::Profile)?;
    let claim = key.of_user(user.user_id, ROUTE, &(account, &body.0))?;
    let change = ContactChange::asked(body.0);
    app.idempotency.run(claim, async |_| work(&app, &user, account, change, &origin).await).await
}

async fn work(
    app: &App,
    user: &Authenticated,
    account: BillingAccount,
    change: ContactChange,
    origin: &Origin,
) -> ApiResult<Answer> {
    app.limits.take(Action::ProfileChange, &user.user_id.to_string()).await?;
    let known = save::known_contact(app, user.user_id, account).await?;
    check_region(&change, &known)?;
    if change.is_empty() {
        let (billing, support) = save::UNCHANGED;
        return Ok(Answer::ok(DataView { data: SavedView { value: known, billing, support } }));
    }
    let wanted = Change::Contact(change.clone());
    let delivered = save::save(app, user.user_id, account, &wanted, origin).await?;
    if let Some(refusal) = delivered.refusal {
        return Err(save::refusal(refusal));
    }
    let value = match (delivered.details, delivered.contact) {
        (SyncState::Saved | SyncState::Refused, Some(contact)) => contact,
        (_, contact) => change.applied_to(contact.unwrap_or(known)),
    };
    let data = SavedView { value, billing: delivered.details, support: delivered.support };
    Ok(Answer::ok(DataView { data }))
}

/// Where a country has a list of regions, country and region must fit together as they will be.
fn check_region(change: &ContactChange, known: &BillingContactView) -> ApiResult<()> {
    let (country, region) = (change.get(ContactField::Country), change.get(ContactField::State));
    if country.is_none() && region.is_none() {
        return Ok(());
    }
    match regions::complaint(country.unwrap_or(&known.country), region.unwrap_or(&known.state)) {
        Some(code) => Err(ApiError::field("/state", code)),
        None => Ok(()),
    }
}
