//! Makes the code that proves the address of a WHMCS login, and mails it to the address that WHMCS has, not to one that was typed.
//!
//! As with sign-ups the code exists in this job and in the mail, its hash in the database, and each attempt makes a new one.

use secrecy::SecretString;

use super::Verdict;
use crate::{
    app::App,
    domain::{
        link::{FlowStage, LinkFlowId, LinkPayload},
        mail_texts,
    },
    store::StoreError,
    upstream::{WriteError, mail::Mail},
};

pub(super) async fn run(app: &App, flow: LinkFlowId) -> Result<Verdict, StoreError> {
    let tx = app.db.read_as_system().await?;
    let Some(found) = tx.link_flows().get(flow).await? else { return Ok(Verdict::Done) };
    drop(tx);
    if found.stage != FlowStage::ConfirmEmail {
        return Ok(Verdict::Done);
    }
    let Ok(LinkPayload::Proved(login)) = LinkPayload::from_bytes(&found.payload) else {
        return Ok(Verdict::Fail("unreadable_payload"));
    };
    let code = app.random.six_digit_code();
    let Ok(hash) = app.passwords.hash(&SecretString::from(code.clone())).await else {
        return Ok(Verdict::Retry("hasher_busy", None));
    };
    let tx = app.db.as_system().await?;
    if !tx.link_flows().set_code(flow, &hash.into()).await? {
        return Ok(Verdict::Done);
    }
    tx.commit().await?;
    let left = (found.expires_at - app.clock.now()).num_minutes().max(1);
    let text = mail_texts::link_code(&app.settings.app_name, &code, u64::try_from(left).unwrap_or_default());
    let message_id = app.random.uuid(app.clock.now()).to_string();
    let mail = Mail { to: login.email, subject: text.subject, text: text.text, message_id };
    Ok(match app.mailer.send(&mail).await {
        Ok(()) => Verdict::Done,
        Err(WriteError::Refused(..)) => Verdict::Fail("mail_refused"),
        Err(WriteError::NotSent(_) | WriteError::Unknown(_)) => Verdict::Retry("mail_server", None),
    })
}
