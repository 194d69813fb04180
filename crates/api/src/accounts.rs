//! Which accounts a person may act for, and what for: WHMCS says, the portal remembers for a while.

use shared_types::ids::UserId;
use tokio::time::Instant;

use crate::{
    app::App,
    domain::account::BillingAccount,
    error::ApiError,
    store::{Mapping, NewAccountLink, StoreError},
    upstream::{
        UpstreamError,
        identity::{Asker, PersonAccount},
    },
};

/// Why the accounts of a person are not known anew.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// WHMCS.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
}

impl From<AccountsError> for ApiError {
    fn from(error: AccountsError) -> Self {
        match error {
            AccountsError::Store(error) => error.into(),
            AccountsError::Upstream(error) => error.into(),
        }
    }
}

/// The customer of billing that is a user's own.
#[must_use]
pub fn own_account(mapping: &Mapping) -> Option<BillingAccount> {
    let number = |id: Option<i64>| id.and_then(|id| u64::try_from(id).ok());
    Some(BillingAccount {
        client_id: number(mapping.whmcs_client_id)?,
        user_id: number(mapping.whmcs_user_id)?,
    })
}

/// Asks WHMCS and remembers what it says. Accounts that the person lost are gone, and sessions that acted for them are back at the
/// person's own. Does nothing for a person who has no account yet.
pub async fn refresh(app: &App, user: UserId) -> Result<(), AccountsError> {
    let tx = app.db.read_as_system().await?;
    let own = tx.mappings().get(user).await?.as_ref().and_then(own_account);
    drop(tx);
    let Some(own) = own else { return Ok(()) };
    let asker = Asker { user: Some(user), deadline: Instant::now() + app.settings.read_deadline };
    let accounts = match app.logins.person_of(asker, own).await? {
        Some(person) => app.logins.accounts(asker, &person).await?,
        None => Vec::new(),
    };
    let links = links_of(accounts, own);
    let clients: Vec<i64> = links.iter().map(|link| link.client_id).collect();
    let tx = app.db.as_system().await?;
    tx.account_links(user).replace(&links).await?;
    tx.sessions_of(user).leave_all_but(clients).await?;
    tx.commit().await?;
    app.sessions.reread_all(user);
    Ok(())
}

/// The person's own account stays in the list whatever has become of it: without a row it would count as theirs. Of the others only
/// the open ones can be acted for.
fn links_of(accounts: Vec<PersonAccount>, own: BillingAccount) -> Vec<NewAccountLink> {
    let mut links: Vec<NewAccountLink> = accounts
        .into_iter()
        .filter(|account| !account.closed || account.client_id == own.client_id)
        .filter_map(|account| {
            let name =
                if account.company_name.is_empty() { account.person_name } else { account.company_name };
            Some(NewAccountLink {
                client_id: i64::try_from(account.client_id).ok()?,
                is_owner: account.is_owner,
                permissions: account.permissions,
                name,
            })
        })
        .collect();
    if let Ok(client_id) = i64::try_from(own.client_id)
        && links.iter().all(|link| link.client_id != client_id)
    {
        tracing::warn!("a person has no part any more in the WHMCS client that is their own here");
        let name = String::new();
        links.push(NewAccountLink { client_id, is_owner: false, permissions: Vec::new(), name });
    }
    links
}
