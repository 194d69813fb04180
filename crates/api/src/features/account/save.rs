//! What both changes of the profile have in common: the wish is stored, then sent while the person waits.

use shared_types::{
    account::{BillingContactView, SyncState},
    ids::UserId,
    problem::{FieldCode, ProblemCode},
};

use crate::{
    app::App,
    audit::Event,
    domain::{account::BillingAccount, profile::ContactChange, profile::ContactField},
    error::{ApiError, ApiResult},
    http::origin::Origin,
    jobs::Job,
    profile_sync::{self, Delivered, Sender},
    readings::{StoredItem, decode},
    upstream::WriteRefusal,
};

/// What a request changes.
pub(super) enum Change {
    /// The person's name; what is not given stays.
    Name { first: Option<String>, last: Option<String> },
    /// The billing details.
    Contact(ContactChange),
}

/// Stores the change, with a job for the case that this process does not get further, and sends it.
pub(super) async fn save(
    app: &App,
    user: UserId,
    account: BillingAccount,
    change: &Change,
    origin: &Origin,
) -> ApiResult<Delivered> {
    let tx = app.db.as_user(user).await?;
    let (before, event) = match change {
        Change::Name { first, last } => {
            if let Some(first) = first {
                tx.account().set_first_name(first.trim()).await?;
            }
            if let Some(last) = last {
                tx.account().set_last_name(last.trim()).await?;
            }
            let before = tx.profile_changes().ask(account, crate::domain::profile::Wish::ask_name).await?;
            (before, Event::ProfileChanged)
        }
        Change::Contact(change) => {
            let before = tx.profile_changes().ask(account, |wish| wish.ask_contact(change)).await?;
            (before, Event::BillingChanged)
        }
    };
    let sender = Sender::Request { before: before.contact };
    let taken = tx.profile_changes().take(account, sender.lease(app)).await?;
    tx.audit().append(&event.from_origin(origin)).await?;
    app.jobs.enqueue(&tx.jobs(), Job::SyncProfile { user }).await?;
    tx.commit().await?;
    let Some(taken) = taken else {
        app.jobs.wake();
        return Ok(Delivered::later());
    };
    let refused = Event::BillingChangeRefused.from_origin(origin);
    Ok(profile_sync::deliver(app, user, &taken, sender, &refused).await?)
}

/// The billing details, from the cache if it has them: needed to judge a change, and to show it.
pub(super) async fn known_contact(
    app: &App,
    user: UserId,
    account: BillingAccount,
) -> ApiResult<BillingContactView> {
    let hit = app.readings.contact(app.reader(user, account, None)).await?;
    Ok(decode::<StoredItem<BillingContactView>>(&hit)?.data)
}

/// Why billing refused, in the portal's words.
pub(super) fn refusal(refusal: WriteRefusal) -> ApiError {
    match refusal {
        WriteRefusal::Field { field, missing } => {
            let code = match field {
                _ if missing => FieldCode::Required,
                ContactField::Country | ContactField::State => FieldCode::Choice,
                _ => FieldCode::Characters,
            };
            ApiError::field(&format!("/{}", field.as_str()), code)
        }
        WriteRefusal::EmailTaken | WriteRefusal::NeedsPerson | WriteRefusal::AccessDenied => {
            ApiError::new(ProblemCode::BillingRefused)
        }
    }
}

/// Nothing was asked for, so nothing is missing anywhere.
pub(super) const UNCHANGED: (SyncState, SyncState) = (SyncState::Saved, SyncState::Saved);
