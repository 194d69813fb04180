//! The last step of every job that mails: hand the letter to the mail server, and say what its answer means.

use super::Verdict;
use crate::{
    app::App,
    domain::mail_texts::MailText,
    store::EmailAddress,
    upstream::{WriteError, mail::Mail},
};

/// Sends a mail. A repetition after an unknown outcome may arrive twice, which is better than not at all.
pub(super) async fn send(app: &App, to: EmailAddress, text: MailText) -> Verdict {
    let message_id = app.random.uuid(app.clock.now()).to_string();
    let mail = Mail { to: to.as_str().to_owned(), subject: text.subject, text: text.text, message_id };
    match app.mailer.send(&mail).await {
        Ok(()) => Verdict::Done,
        Err(WriteError::Refused(..)) => Verdict::Fail("mail_refused"),
        Err(WriteError::NotSent(_) | WriteError::Unknown(_)) => Verdict::Retry("mail_server", None),
    }
}
