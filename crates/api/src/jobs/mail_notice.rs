//! Tells a person by mail what happened to their account.

use shared_types::ids::UserId;

use super::Verdict;
use crate::{
    app::App,
    domain::{mail_texts, notice::Notice},
    store::StoreError,
    upstream::{WriteError, mail::Mail},
};

pub(super) async fn run(app: &App, user: UserId, notice: Notice) -> Result<Verdict, StoreError> {
    let tx = app.db.read_as_system().await?;
    // Whom the portal no longer knows, it cannot tell anything.
    let Some(profile) = tx.account(user).profile().await? else { return Ok(Verdict::Done) };
    drop(tx);
    let text = mail_texts::notice(&app.settings.app_name, notice, &app.settings.page("account/security"));
    let message_id = app.random.uuid(app.clock.now()).to_string();
    let to = profile.email.as_str().to_owned();
    let mail = Mail { to, subject: text.subject, text: text.text, message_id };
    Ok(match app.mailer.send(&mail).await {
        Ok(()) => Verdict::Done,
        Err(WriteError::Refused(..)) => Verdict::Fail("mail_refused"),
        Err(WriteError::NotSent(_) | WriteError::Unknown(_)) => Verdict::Retry("mail_server", None),
    })
}
