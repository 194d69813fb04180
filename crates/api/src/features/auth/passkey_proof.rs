//! Proving who one is by a passkey: the same for a sign-in, a second factor and a fresh proof in the middle of a session.

use std::sync::Arc;

use shared_types::{
    auth::{PasskeyCeremonyView, PasskeyProofRequest, SecondFactor},
    ids::UserId,
    problem::ProblemCode,
};

use super::pending;
use crate::{
    app::App,
    audit::Event,
    error::{ApiError, ApiResult},
    http::{
        idempotency::BrowserMark,
        origin::Origin,
        pending::{PendingSignIn, Presented},
    },
    passkeys::{Claimed, PasskeyError},
    store::{CeremonyKind, CeremonyParty},
};

/// What a ceremony before the session is for, and with whom: the second proof of a sign-in that waits for a passkey, else a sign-in by
/// the key alone. What only looks like a wait is treated like one for a mailed code.
pub(super) async fn sign_in_party(
    app: &App,
    presented: &Presented,
    browser: &BrowserMark,
) -> ApiResult<(CeremonyKind, CeremonyParty)> {
    if let Presented::Pending(session) = presented {
        let pending = PendingSignIn::of_session(Arc::clone(session));
        if pending::methods(app, &pending).await?.contains(&SecondFactor::Passkey) {
            return Ok((CeremonyKind::SecondFactor, session.ceremony_party()));
        }
    }
    Ok((CeremonyKind::SignIn, CeremonyParty::Browser(browser.hash())))
}

/// Begins a proof: by a passkey of the party's user, or by whichever one the holder chooses if nobody is known yet.
pub(super) async fn begin_proof(
    app: &App,
    kind: CeremonyKind,
    party: CeremonyParty,
) -> ApiResult<PasskeyCeremonyView> {
    let mut keys = Vec::new();
    if let Some(user) = party.user() {
        keys = app.db.read_as_user(user).await?.passkeys().credentials().await?;
        if keys.is_empty() {
            return Err(ApiError::new(ProblemCode::StepOutOfOrder));
        }
    }
    app.keep_ceremony(kind, party, app.passkeys.begin_proof(&keys)?).await
}

/// Ends a proof and says who gave it. Where the party's user is known it must be theirs. Whatever the outcome, the ceremony is used up; a
/// refusal is written to the audit log.
pub(super) async fn prove_passkey(
    app: &App,
    kind: CeremonyKind,
    party: &CeremonyParty,
    request: &PasskeyProofRequest,
    origin: &Origin,
) -> ApiResult<UserId> {
    let outcome = check(app, kind, party, request).await;
    let refused = outcome.as_ref().is_err_and(|error| error.code() == ProblemCode::PasskeyInvalid);
    match outcome {
        Ok(Proof::Given(user)) => Ok(user),
        Ok(Proof::Copied(user)) => {
            app.audit(Event::PasskeySuspicious, Some(user), origin).await?;
            Err(PasskeyError::Copied.into())
        }
        Err(error) => {
            if refused {
                app.audit(failure(kind), party.user(), origin).await?;
            }
            Err(error)
        }
    }
}

enum Proof {
    Given(UserId),
    Copied(UserId),
}

async fn check(
    app: &App,
    kind: CeremonyKind,
    party: &CeremonyParty,
    request: &PasskeyProofRequest,
) -> ApiResult<Proof> {
    let state = app.take_ceremony(kind, party, request.ceremony_id).await?;
    let claimed = app.passkeys.claimed(&request.credential)?;
    let tx = app.db.as_system().await?;
    // A key of nobody and one of a person who may not sign in are the same thing here.
    let key = tx.passkeys().hold(&claimed.hash).await?;
    let key = key
        .filter(|key| may_answer(key.user, party, &claimed))
        .ok_or(PasskeyError::Refused("unknown key"))?;
    match app.passkeys.finish_proof(&state, &claimed, &key.credential) {
        Ok(used) => {
            tx.passkeys().note_use(key.id, &used.bytes, used.synced).await?;
            tx.commit().await?;
            Ok(Proof::Given(key.user))
        }
        Err(PasskeyError::Copied) => Ok(Proof::Copied(key.user)),
        Err(error) => Err(error.into()),
    }
}

/// Where nobody is known yet the key itself has to name its owner; keys that were asked for by a list may leave that out.
fn may_answer(owner: UserId, party: &CeremonyParty, claimed: &Claimed) -> bool {
    match party.user() {
        Some(expected) => owner == expected && claimed.user.is_none_or(|named| named == owner),
        None => claimed.user == Some(owner),
    }
}

const fn failure(kind: CeremonyKind) -> Event {
    match kind {
        CeremonyKind::SecondFactor => Event::SecondFactorFailed,
        CeremonyKind::StepUp => Event::StepUpFailed,
        CeremonyKind::SignIn | CeremonyKind::Registration => Event::SignInFailed,
    }
}
