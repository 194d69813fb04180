//! Tells a person by mail what happened to their account. When, on what device and from which network, the audit log knows.

use shared_types::ids::UserId;

use super::{Verdict, letters};
use crate::{
    app::App,
    audit::Event,
    domain::{
        mail_texts::{self, Circumstances},
        notice::Notice,
    },
    store::{AuditRecord, ChallengeKind, EmailAddress, StoreError},
};

pub(super) async fn run(app: &App, user: UserId, notice: Notice) -> Result<Verdict, StoreError> {
    let tx = app.db.read_as_system().await?;
    let (name, outcome) = event(notice).entry();
    let record = tx.audit(Some(user)).newest(name, outcome).await?;
    let former = match notice {
        Notice::EmailChanged => tx.challenges().oldest_open_of(user, ChallengeKind::FormerAddress).await?,
        _ => None,
    };
    let to = match (notice, &former) {
        (Notice::EmailChanged, None) => None,
        (_, Some(former)) => {
            let bytes = former.payload.as_deref().map(Vec::as_slice).unwrap_or_default();
            std::str::from_utf8(bytes).ok().and_then(|text| EmailAddress::parse(text).ok())
        }
        (_, None) => tx.account(user).profile().await?.map(|profile| profile.email),
    };
    drop(tx);
    // Whom the portal no longer knows, it cannot tell anything.
    let Some(to) = to else { return Ok(Verdict::Done) };
    let page = app.settings.page("account/security");
    let text = mail_texts::notice(&app.settings.app_name, notice, &circumstances(record), &page);
    let verdict = letters::send(app, to, text).await;
    if let (Verdict::Done, Some(former)) = (&verdict, former) {
        let tx = app.db.as_system().await?;
        tx.challenges().consume(former.id).await?;
        tx.commit().await?;
    }
    Ok(verdict)
}

fn circumstances(record: Option<AuditRecord>) -> Circumstances {
    record.map_or_else(Circumstances::default, |record| {
        let word = |name: &str| record.detail.get(name).and_then(|value| value.as_str()).map(str::to_owned);
        Circumstances {
            at: Some(record.at.format("%-d %B %Y, %H:%M UTC").to_string()),
            device: word("device"),
            network: word("network"),
        }
    })
}

/// The line of the audit log that a notice is about.
const fn event(notice: Notice) -> Event {
    match notice {
        Notice::PasswordChanged => Event::PasswordChanged,
        Notice::PasswordReset => Event::PasswordReset,
        Notice::EmailChangeAsked => Event::EmailChangeAsked,
        Notice::EmailChanged => Event::EmailChanged,
        Notice::TotpEnabled => Event::TotpEnabled,
        Notice::TotpDisabled => Event::TotpDisabled,
        Notice::RecoveryCodesMade => Event::RecoveryCodesMade,
        Notice::RecoveryCodeUsed => Event::RecoveryCodeUsed,
        Notice::PasskeyAdded => Event::PasskeyAdded,
        Notice::PasskeyRemoved => Event::PasskeyRemoved,
        Notice::NewDevice => Event::SignedIn,
        Notice::LoginLinked => Event::Linked,
    }
}
