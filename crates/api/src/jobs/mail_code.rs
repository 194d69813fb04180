//! Makes the code of a challenge and mails it; where there is nothing to prove, mails what the owner of the address should know, or
//! nothing.
//!
//! The code exists in this job and in the mail, its hash in the database. An attempt after a failure makes a new code, so that what was
//! perhaps mailed before no longer works. Whether an address has an account is looked up here and not by the request, whose work is the
//! same for every address.

use std::str;

use secrecy::SecretString;
use shared_types::ids::{ChallengeId, UserId};

use super::{Verdict, letters};
use crate::{
    app::App,
    domain::{
        mail_texts::{self, CodeMail, MailText},
        signup::PendingSignup,
    },
    store::{ChallengeKind, EmailAddress, OpenChallenge, StoreError, SystemTx, UserStatus},
};

/// What there is to do for a challenge.
enum Letter {
    /// A code, to this address; the challenge is this user's from now on, where there is one.
    Code(EmailAddress, Option<UserId>),
    /// No code, but a word to the owner of the address.
    Word(EmailAddress, MailText),
    /// Nobody to write to: the challenge is a decoy.
    None,
    /// The challenge cannot be read.
    Unreadable,
}

pub(super) async fn run(app: &App, challenge: ChallengeId) -> Result<Verdict, StoreError> {
    let tx = app.db.read_as_system().await?;
    let Some(open) = tx.challenges().open(challenge).await? else { return Ok(Verdict::Done) };
    let letter = letter(app, &tx, &open).await?;
    drop(tx);
    match letter {
        Letter::Code(to, user) => code(app, &open, to, user).await,
        Letter::Word(to, text) => Ok(letters::send(app, to, text).await),
        Letter::None => Ok(Verdict::Done),
        Letter::Unreadable => Ok(Verdict::Fail("unreadable_payload")),
    }
}

async fn letter(app: &App, tx: &SystemTx, open: &OpenChallenge) -> Result<Letter, StoreError> {
    let payload = open.payload.as_deref().map(Vec::as_slice).unwrap_or_default();
    let address = match open.kind {
        ChallengeKind::Signup => PendingSignup::from_bytes(payload)
            .ok()
            .and_then(|pending| EmailAddress::parse(&pending.email).ok()),
        ChallengeKind::PasswordReset | ChallengeKind::EmailChange => {
            str::from_utf8(payload).ok().and_then(|text| EmailAddress::parse(text).ok())
        }
        ChallengeKind::NewDevice => {
            let Some(user) = open.user else { return Ok(Letter::None) };
            let profile = tx.account(user).profile().await?;
            return Ok(profile.map_or(Letter::None, |profile| Letter::Code(profile.email, Some(user))));
        }
        ChallengeKind::FormerAddress => return Ok(Letter::None),
    };
    let Some(address) = address else { return Ok(Letter::Unreadable) };
    let owner = tx.users().by_email(&address).await?;
    let app_name = &app.settings.app_name;
    Ok(match (open.kind, owner) {
        (ChallengeKind::Signup, Some(_)) => {
            let text = mail_texts::signup_known_address(app_name, &app.settings.page("auth/login"));
            Letter::Word(address, text)
        }
        (ChallengeKind::EmailChange, Some(_)) => {
            let text = mail_texts::email_change_known_address(app_name, &app.settings.page("auth/login"));
            Letter::Word(address, text)
        }
        (ChallengeKind::PasswordReset, Some(owner)) if owner.status == UserStatus::Active => {
            Letter::Code(address, Some(owner.user_id))
        }
        (ChallengeKind::PasswordReset, _) => Letter::None,
        (_, _) => Letter::Code(address, open.user),
    })
}

async fn code(
    app: &App,
    open: &OpenChallenge,
    to: EmailAddress,
    user: Option<UserId>,
) -> Result<Verdict, StoreError> {
    let code = app.random.six_digit_code();
    let Ok(hash) = app.passwords.hash(&SecretString::from(code.clone())).await else {
        return Ok(Verdict::Retry("hasher_busy", None));
    };
    let tx = app.db.as_system().await?;
    if !tx.challenges().set_code(open.id, &hash.into(), user).await? {
        return Ok(Verdict::Done);
    }
    tx.commit().await?;
    let mail = CodeMail {
        app_name: &app.settings.app_name,
        code: &code,
        minutes: app.settings.code_lifetime.as_secs() / 60,
    };
    let text = match open.kind {
        ChallengeKind::PasswordReset => {
            // In the fragment, which no browser sends and no server logs.
            let page = format!("auth/reset#{}.{code}", open.id);
            mail_texts::reset_code(&mail, &app.settings.page(&page))
        }
        ChallengeKind::EmailChange => mail_texts::email_change_code(&mail),
        ChallengeKind::NewDevice => mail_texts::new_device_code(&mail),
        ChallengeKind::Signup | ChallengeKind::FormerAddress => mail_texts::signup_code(&mail),
    };
    Ok(letters::send(app, to, text).await)
}
