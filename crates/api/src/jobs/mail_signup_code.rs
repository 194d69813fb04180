//! Makes the code of a sign-up and mails it; to an address that has an account already, mails that instead.
//!
//! The code exists in this job and in the mail, its hash in the database. An attempt after a failure makes a new code, so that what was
//! perhaps mailed before no longer works.

use secrecy::SecretString;
use shared_types::ids::ChallengeId;

use super::Verdict;
use crate::{
    app::App,
    domain::{mail_texts, signup::PendingSignup},
    store::{EmailAddress, StoreError},
    upstream::{WriteError, mail::Mail},
};

pub(super) async fn run(app: &App, challenge: ChallengeId) -> Result<Verdict, StoreError> {
    let tx = app.db.read_as_system().await?;
    let Some(payload) = tx.challenges().payload(challenge).await? else { return Ok(Verdict::Done) };
    let Ok(pending) = PendingSignup::from_bytes(&payload) else {
        return Ok(Verdict::Fail("unreadable_payload"));
    };
    let Ok(email) = EmailAddress::parse(&pending.email) else {
        return Ok(Verdict::Fail("unreadable_payload"));
    };
    let is_known = tx.users().by_email(&email).await?.is_some();
    drop(tx);

    let app_name = &app.settings.app_name;
    let text = if is_known {
        mail_texts::signup_known_address(app_name, &app.settings.page("auth/login"))
    } else {
        let code = app.random.six_digit_code();
        let Ok(hash) = app.passwords.hash(&SecretString::from(code.clone())).await else {
            return Ok(Verdict::Retry("hasher_busy", None));
        };
        let tx = app.db.as_system().await?;
        if !tx.challenges().set_code(challenge, &hash.into()).await? {
            return Ok(Verdict::Done);
        }
        tx.commit().await?;
        mail_texts::signup_code(app_name, &code, app.settings.code_lifetime.as_secs() / 60)
    };
    let message_id = app.random.uuid(app.clock.now()).to_string();
    let mail = Mail { to: pending.email, subject: text.subject, text: text.text, message_id };
    Ok(match app.mailer.send(&mail).await {
        Ok(()) => Verdict::Done,
        Err(WriteError::Refused(..)) => Verdict::Fail("mail_refused"),
        Err(WriteError::NotSent(_) | WriteError::Unknown(_)) => Verdict::Retry("mail_server", None),
    })
}
