//! Makes support's records of an account that a user acts for beside their own: account and contact by our keys, never by name or
//! address.

use shared_types::ids::UserId;
use tokio::time::Instant;

use super::Verdict;
use crate::{
    app::App,
    audit::Event,
    store::{CrmIds, StoreError},
    upstream::{Caller, WriteError, crm::CrmCustomer},
};

pub(super) async fn run(app: &App, user: UserId, client: i64) -> Result<Verdict, StoreError> {
    let tx = app.db.read_as_system().await?;
    let links = tx.account_links(user).list().await?;
    let link = links.into_iter().find(|link| link.client_id == client && link.crm.is_none());
    let (mapping, profile) = (tx.mappings().get(user).await?, tx.account(user).profile().await?);
    drop(tx);
    let (Some(link), Some(login), Some(profile)) =
        (link, mapping.and_then(|mapping| mapping.whmcs_user_id), profile)
    else {
        return Ok(Verdict::Done);
    };
    let (Ok(client_id), Ok(user_id)) = (u64::try_from(client), u64::try_from(login)) else {
        return Ok(Verdict::Fail("ids_out_of_range"));
    };
    let customer = CrmCustomer {
        client_id,
        user_id,
        account_name: link.name,
        first_name: profile.first_name,
        last_name: profile.last_name,
        email: profile.email.as_str().to_owned(),
        phone: None,
    };
    let caller = Caller { user, deadline: Instant::now() + app.settings.read_deadline };
    let ids = match app.crm.upsert_customer(caller, &customer).await {
        Ok(ids) => CrmIds { account: ids.account, contact: ids.contact },
        Err(WriteError::Refused(_, error)) => {
            tracing::error!(%error, "Salesforce refuses a customer");
            return Ok(Verdict::Fail("support_refused"));
        }
        Err(WriteError::NotSent(error) | WriteError::Unknown(error)) => {
            tracing::warn!(%error, "support's records of an account are still to come");
            return Ok(Verdict::Retry("support", None));
        }
    };
    let tx = app.db.as_system().await?;
    if tx.account_links(user).set_crm(client, &ids).await? {
        tx.audit(Some(user)).append(&Event::SupportLinked.of_job()).await?;
    }
    tx.commit().await?;
    app.sessions.reread_all(user);
    Ok(Verdict::Done)
}
