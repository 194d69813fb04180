//! Goes on with changes of names and billing details that a request could not bring to WHMCS or Salesforce.

use chrono::{DateTime, Utc};
use shared_types::ids::UserId;

use super::Verdict;
use crate::{
    app::App,
    audit::Event,
    profile_sync::{self, Left, Sender},
    store::StoreError,
};

pub(super) async fn run(app: &App, user: UserId) -> Result<Verdict, StoreError> {
    let tx = app.db.read_as_user(user).await?;
    let open = tx.profile_changes().list().await?;
    drop(tx);
    let mut has_work = false;
    let mut next: Option<DateTime<Utc>> = None;
    let mut wait = |until: DateTime<Utc>| next = Some(next.map_or(until, |next| next.min(until)));
    for seen in open {
        let now = app.clock.now();
        // Everything is there, and the time to look again has not come.
        if let Some(until) = seen.unsettled_until.filter(|until| *until > now)
            && seen.wish.is_delivered()
        {
            wait(until);
            continue;
        }
        let tx = app.db.as_user(user).await?;
        let taken = tx.profile_changes().take(seen.account, Sender::Job.lease(app)).await?;
        tx.commit().await?;
        let Some(taken) = taken else {
            // A request or another worker is at it, or it is done by now.
            wait(seen.lease_until.unwrap_or(now));
            continue;
        };
        let refused = Event::BillingChangeRefused.of_job();
        match profile_sync::deliver(app, user, &taken, Sender::Job, &refused).await?.left {
            Left::Nothing => {}
            Left::Look(until) => wait(until),
            Left::Work => has_work = true,
        }
    }
    Ok(match next {
        _ if has_work => Verdict::Retry("upstream", None),
        Some(until) => Verdict::Retry("waiting", Some(until)),
        None => Verdict::Done,
    })
}
