//! `PATCH /api/me`

use actix_web::{patch, web::Data};
use shared_types::{
    account::{MeView, SavedView, UpdateMeRequest},
    page::DataView,
};

use super::save::{self, Change};
use crate::{
    app::App,
    domain::account::BillingAccount,
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

const ROUTE: &str = "PATCH /api/me";

/// Changes the person's name; members that are left out stay.
///
/// The portal has the new name at once. `billing` says whether the login in WHMCS has it, `support` whether the contact has: `pending`
/// is tried again without further ado, `refused` is not. The name on invoices is another one: `update_billing`.
#[utoipa::path(
    operation_id = "update_me",
    tag = "account",
    security(("session" = [])),
    params(IdempotencyKey),
    request_body = UpdateMeRequest,
    responses(
        (status = 200, description = "What became of the change", body = DataView<SavedView<MeView>>),
        SignedInProblems, ReadProblems, WriteProblems
    )
)]
#[patch("/me")]
pub async fn update_me(
    app: Data<App>,
    user: CurrentUser,
    key: IdempotencyKey,
    origin: Origin,
    body: ValidJson<UpdateMeRequest>,
) -> ApiResult<Replayable> {
    let account = user.acts_for()?;
    let claim = key.of_user(user.user_id, ROUTE, &(account, &body.0))?;
    app.idempotency.run(claim, async |_| work(&app, &user, account, body.0, &origin).await).await
}

async fn work(
    app: &App,
    user: &Authenticated,
    account: BillingAccount,
    asked: UpdateMeRequest,
    origin: &Origin,
) -> ApiResult<Answer> {
    app.limits.take(Action::ProfileChange, &user.user_id.to_string()).await?;
    let (mut billing, mut support) = save::UNCHANGED;
    if asked.first_name.is_some() || asked.last_name.is_some() {
        let change = Change::Name { first: asked.first_name, last: asked.last_name };
        let delivered = save::save(app, user.user_id, account, &change, origin).await?;
        (billing, support) = (delivered.login, delivered.support);
    }
    let tx = app.db.read_as_user(user.user_id).await?;
    let profile = tx.account().profile().await?.ok_or_else(ApiError::not_found)?;
    drop(tx);
    let contact = super::section(app.readings.contact(app.reader(user.user_id, account, None)).await);
    let data = SavedView { value: super::me(user, profile, contact), billing, support };
    Ok(Answer::ok(DataView { data }))
}
