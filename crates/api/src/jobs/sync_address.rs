//! Carries a person's new address over to WHMCS, then to Salesforce.
//!
//! Both writes set a value and may be repeated, so an unknown outcome is tried again like one that was not sent. What is written is the
//! address of now, whatever it was when the job was added.

use shared_types::ids::UserId;
use tokio::time::Instant;

use super::Verdict;
use crate::{
    app::App,
    store::{ProvisionState, StoreError},
    upstream::{Caller, WriteError, WriteRefusal},
};

pub(super) async fn run(app: &App, user: UserId) -> Result<Verdict, StoreError> {
    let tx = app.db.read_as_system().await?;
    let (Some(mapping), Some(profile)) = (tx.mappings().get(user).await?, tx.account(user).profile().await?)
    else {
        return Ok(Verdict::Fail("no_such_user"));
    };
    drop(tx);
    // A customer who is being made may be made with the former address: this comes after it.
    if matches!(mapping.state, ProvisionState::Pending | ProvisionState::Sending) {
        return Ok(Verdict::Retry("provisioning", None));
    }
    let caller = || Caller { user, deadline: Instant::now() + app.settings.write_deadline };
    if let Some(login) = mapping.whmcs_user_id.and_then(|id| u64::try_from(id).ok())
        && let Err(error) = app.billing.set_login_address(caller(), login, profile.email.as_str()).await
    {
        return Ok(refused_or_wait(error, "billing_address"));
    }
    if let Some(contact) = &mapping.sf_contact_id
        && let Err(error) = app.crm.set_contact_address(caller(), contact, profile.email.as_str()).await
    {
        return Ok(refused_or_wait(error, "support_address"));
    }
    Ok(Verdict::Done)
}

fn refused_or_wait(error: WriteError, code: &'static str) -> Verdict {
    match error {
        WriteError::Refused(WriteRefusal::EmailTaken, error) => {
            tracing::error!(%error, code, "a new address belongs to another login already");
            Verdict::Fail("address_taken")
        }
        WriteError::Refused(WriteRefusal::NeedsPerson, error) => {
            tracing::error!(%error, code, "a new address was refused");
            Verdict::Fail("address_refused")
        }
        WriteError::NotSent(error)
        | WriteError::Unknown(error)
        | WriteError::Refused(WriteRefusal::AccessDenied, error) => {
            tracing::warn!(%error, code, "an address waits to be carried over");
            Verdict::Retry(code, None)
        }
    }
}
