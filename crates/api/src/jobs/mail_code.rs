//! Makes the code of a challenge and mails it; where there is nothing to prove, mails what the owner of the address should know, or
//! nothing.
//!
//! The code exists in this job and in the mail, its hash in the database. An attempt after a failure makes a new code, so that what was
//! perhaps mailed before no longer works. Whether an address has an account is looked up here and not by the request, whose work is the
//! same for every address.

use secrecy::SecretString;
use shared_types::ids::{ChallengeId, UserId};

use super::{Verdict, letters};
use crate::{
    app::App,
    audit::Event,
    domain::{
        code_request::{Asker, CodeRequest},
        letter::{self, Circumstances, CodeMail, Letter},
        notice::Remedy,
        signup::PendingSignup,
    },
    store::{ChallengeKind, EmailAddress, OpenChallenge, StoreError, SystemTx, UserStatus},
};

/// What there is to do for a challenge.
enum Task {
    /// Mail a code.
    Code(Addressee),
    /// No code, but a word to the owner of the address.
    Word(EmailAddress, Letter),
    /// Nobody to write to: the challenge is a decoy.
    Nothing,
    /// The challenge cannot be read.
    Unreadable,
}

/// Who gets a code.
struct Addressee {
    to: EmailAddress,
    /// The challenge is this user's from now on, where there is one.
    user: Option<UserId>,
    asker: Option<Asker>,
}

pub(super) async fn run(app: &App, challenge: ChallengeId) -> Result<Verdict, StoreError> {
    let tx = app.db.read_as_system().await?;
    let Some(open) = tx.challenges().open(challenge).await? else { return Ok(Verdict::Done) };
    let task = task(app, &tx, &open).await?;
    drop(tx);
    match task {
        Task::Code(addressee) => code(app, &open, addressee).await,
        Task::Word(to, letter) => Ok(letters::send(app, to, letter).await),
        Task::Nothing => Ok(Verdict::Done),
        Task::Unreadable => Ok(Verdict::Fail("unreadable_payload")),
    }
}

async fn task(app: &App, tx: &SystemTx, open: &OpenChallenge) -> Result<Task, StoreError> {
    let payload = open.payload.as_deref().map(Vec::as_slice);
    match open.kind {
        ChallengeKind::Signup => {
            let pending = payload.and_then(|bytes| PendingSignup::from_bytes(bytes).ok());
            match pending.and_then(|pending| EmailAddress::parse(&pending.email).ok()) {
                Some(to) => for_new_address(app, tx, open, to).await,
                None => Ok(Task::Unreadable),
            }
        }
        ChallengeKind::EmailChange | ChallengeKind::PasswordReset => {
            let Some(request) = payload.and_then(|bytes| CodeRequest::from_bytes(bytes).ok()) else {
                return Ok(Task::Unreadable);
            };
            let Ok(to) = EmailAddress::parse(&request.email) else { return Ok(Task::Unreadable) };
            if open.kind == ChallengeKind::EmailChange {
                // The address is not known to be the asker's yet, so whoever reads its mail learns nothing of them.
                return for_new_address(app, tx, open, to).await;
            }
            let owner = tx.users().by_email(&to).await?;
            let owner = owner.filter(|owner| owner.status == UserStatus::Active);
            let code = |user| Task::Code(Addressee { to, user: Some(user), asker: Some(request.asker) });
            Ok(owner.map_or(Task::Nothing, |owner| code(owner.user_id)))
        }
        ChallengeKind::NewDevice => {
            let Some(user) = open.user else { return Ok(Task::Nothing) };
            let asker =
                payload.and_then(|bytes| CodeRequest::from_bytes(bytes).ok()).map(|asked| asked.asker);
            let profile = tx.account(user).profile().await?;
            Ok(profile.map_or(Task::Nothing, |profile| {
                Task::Code(Addressee { to: profile.email, user: Some(user), asker })
            }))
        }
        ChallengeKind::FormerAddress => Ok(Task::Nothing),
    }
}

/// A code to an address that no account may have yet; if one has it, its owner is told.
async fn for_new_address(
    app: &App,
    tx: &SystemTx,
    open: &OpenChallenge,
    to: EmailAddress,
) -> Result<Task, StoreError> {
    if tx.users().by_email(&to).await?.is_none() {
        return Ok(Task::Code(Addressee { to, user: open.user, asker: None }));
    }
    let (app_name, sign_in) = (&app.settings.app_name, app.settings.page("auth/login"));
    let letter = match open.kind {
        ChallengeKind::EmailChange => letter::email_change_known_address(app_name, sign_in),
        _ => letter::sign_up_known_address(app_name, sign_in),
    };
    Ok(Task::Word(to, letter))
}

async fn code(app: &App, open: &OpenChallenge, addressee: Addressee) -> Result<Verdict, StoreError> {
    let code = app.random.six_digit_code();
    let Ok(hash) = app.passwords.hash(&SecretString::from(code.clone())).await else {
        return Ok(Verdict::Retry("hasher_busy", None));
    };
    let tx = app.db.as_system().await?;
    if !tx.challenges().set_code(open.id, &hash.into(), addressee.user).await? {
        return Ok(Verdict::Done);
    }
    // Only now is it known whose password it is. An attempt after a failure finds the challenge to be the user's already.
    if let (ChallengeKind::PasswordReset, None, Some(asker)) = (open.kind, open.user, &addressee.asker) {
        tx.audit(addressee.user).append(&Event::PasswordResetAsked.from_asker(asker)).await?;
    }
    tx.commit().await?;
    let asked = circumstances(addressee.asker);
    let letter = letter(app, open, &code, &asked);
    Ok(letters::send(app, addressee.to, letter).await)
}

fn letter(app: &App, open: &OpenChallenge, code: &str, asked: &Circumstances) -> Letter {
    let minutes = app.settings.code_lifetime.as_secs() / 60;
    let mail = CodeMail { app_name: &app.settings.app_name, code, minutes, asked };
    match open.kind {
        // In the fragment, which no browser sends and no server logs.
        ChallengeKind::PasswordReset => {
            mail.password_reset(app.settings.page(&format!("auth/reset#{}.{code}", open.id)))
        }
        ChallengeKind::EmailChange => mail.email_change(),
        ChallengeKind::NewDevice => mail.new_device(app.settings.page(Remedy::NewPassword.path())),
        ChallengeKind::Signup | ChallengeKind::FormerAddress => mail.sign_up(),
    }
}

fn circumstances(asker: Option<Asker>) -> Circumstances {
    let Some(asker) = asker else { return Circumstances::default() };
    Circumstances { at: None, device: asker.device, network: Some(asker.network) }
}
