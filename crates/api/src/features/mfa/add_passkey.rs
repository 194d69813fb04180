//! `POST /api/me/mfa/passkeys`

use actix_web::{post, web::Data};
use shared_types::{
    ids::PasskeyId,
    page::DataView,
    problem::ProblemCode,
    security::{AddPasskeyRequest, PasskeyAddedView, PasskeyView, RecoveryCodesView},
};

use super::{announce, changed};
use crate::{
    app::App,
    audit::Event,
    domain::notice::Notice,
    error::{ApiError, ApiResult},
    http::{
        body::ValidJson,
        idempotency::{Answer, IdempotencyKey, Replayable, Ticket},
        origin::Origin,
        session::{Authenticated, CurrentUser},
    },
    openapi::{SignedInProblems, WriteProblems},
    passkeys::{CEREMONY, Credential},
    recovery_codes,
    store::{CeremonyKind, NewPasskey, StoreError, UniqueViolation, UserTx},
};

const ROUTE: &str = "POST /api/me/mfa/passkeys";

/// Most passkeys of one person.
pub(super) const MOST: usize = 10;

/// Adds the passkey that was made. All other sessions end.
///
/// With the first second factor come recovery codes, shown this once.
#[utoipa::path(
    operation_id = "add_passkey",
    tag = "security",
    security(("session" = [])),
    params(IdempotencyKey),
    request_body = AddPasskeyRequest,
    responses((status = 200, description = "Added", body = DataView<PasskeyAddedView>), SignedInProblems, WriteProblems)
)]
#[post("/me/mfa/passkeys")]
pub async fn add_passkey(
    app: Data<App>,
    user: CurrentUser,
    key: IdempotencyKey,
    origin: Origin,
    body: ValidJson<AddPasskeyRequest>,
) -> ApiResult<Replayable> {
    // The proof was fresh when the ceremony began; while the authenticator is at work it may grow a little older.
    user.require_recent(app.clock.now(), app.settings.step_up + CEREMONY)?;
    let claim = key.of_user(user.user_id, ROUTE, &body.0)?;
    app.idempotency
        .run(claim, async |ticket| {
            let party = user.ceremony_party();
            let state = app.take_ceremony(CeremonyKind::Registration, &party, body.0.ceremony_id).await?;
            let credential = app.passkeys.finish_registration(&state, &body.0.credential)?;
            add(&app, ticket, &user, &origin, body.0.name.trim(), &credential).await
        })
        .await
}

async fn add(
    app: &App,
    ticket: Ticket,
    user: &Authenticated,
    origin: &Origin,
    name: &str,
    credential: &Credential,
) -> ApiResult<Answer> {
    let now = app.clock.now();
    let passkey = PasskeyView {
        id: PasskeyId::from_uuid(app.random.uuid(now)),
        name: name.to_owned(),
        created_at: now,
        last_used_at: None,
        synced: credential.synced,
    };
    // Made before the transaction, which would be held up by the hashing.
    let has_codes = has_codes(app, user).await?;
    let codes = if has_codes { None } else { Some(recovery_codes::make(app).await?) };
    let tx = app.db.as_user(user.user_id).await?;
    tx.passkeys().one_at_a_time().await?;
    let before = tx.factors().summary().await?;
    if usize::try_from(before.passkeys).unwrap_or(usize::MAX) >= MOST {
        return Err(ApiError::new(ProblemCode::LimitReached));
    }
    insert(&tx, &passkey, credential).await?;
    let recovery = match codes.filter(|_| before.recovery_codes_left == 0) {
        Some(codes) => {
            tx.recovery_codes().replace(&codes.hashes).await?;
            codes.view
        }
        None => RecoveryCodesView { codes: Vec::new() },
    };
    changed(app, &tx, user, origin, (Event::PasskeyAdded, Notice::PasskeyAdded)).await?;
    let answer = Answer::ok(DataView { data: PasskeyAddedView { passkey, recovery } });
    ticket.finish_as_user(&tx, &answer).await?;
    tx.commit().await?;
    announce(app, user);
    Ok(answer.already_stored())
}

async fn has_codes(app: &App, user: &Authenticated) -> ApiResult<bool> {
    let tx = app.db.read_as_user(user.user_id).await?;
    Ok(tx.factors().summary().await?.recovery_codes_left > 0)
}

/// A credential that somebody has already is refused like one that proves nothing.
async fn insert(tx: &UserTx, passkey: &PasskeyView, credential: &Credential) -> ApiResult<()> {
    let row = NewPasskey {
        id: passkey.id,
        credential_hash: credential.hash,
        credential: &credential.bytes,
        name: &passkey.name,
        synced: passkey.synced,
    };
    match tx.passkeys().insert(&row).await {
        Err(StoreError::Conflict(UniqueViolation::Passkey)) => {
            Err(ApiError::new(ProblemCode::PasskeyInvalid))
        }
        inserted => Ok(inserted?),
    }
}
