//! How far a session is connected to the systems behind: for the person's own account, or for another one that they act for.

use std::time::Duration;

use shared_types::account::AccountState;

use crate::{
    domain::account::{Access, BillingAccount, Connections, RIGHTS_HOLD},
    store::{AccountLink, Mapping, ProvisionState},
};

fn state(mapping: &Mapping) -> AccountState {
    match mapping.state {
        ProvisionState::Pending | ProvisionState::Sending => AccountState::SettingUp,
        ProvisionState::LinkedBilling => AccountState::BillingReady,
        ProvisionState::Ready => AccountState::Ready,
        ProvisionState::NeedsLink => AccountState::NeedsLink,
        ProvisionState::Failed => AccountState::Failed,
    }
}

fn account(mapping: &Mapping, client: Option<i64>) -> Option<BillingAccount> {
    let number = |id: Option<i64>| id.and_then(|id| u64::try_from(id).ok());
    Some(BillingAccount { client_id: number(client)?, user_id: number(mapping.whmcs_user_id)? })
}

/// The user's own account. WHMCS may have given it to somebody else since: then its word holds.
pub(super) fn of_own(mapping: Option<&Mapping>, link: Option<&AccountLink>) -> Connections {
    let Some(mapping) = mapping else {
        return Connections {
            state: AccountState::Failed,
            billing: None,
            crm_account: None,
            access: Access::Owner,
        };
    };
    let access = match link {
        Some(link) if !link.is_owner => Access::Guest(link.permissions.clone()),
        _ => Access::Owner,
    };
    let billing = account(mapping, mapping.whmcs_client_id);
    Connections { state: state(mapping), billing, crm_account: mapping.sf_account_id.clone(), access }
}

/// Another account that the user may act for. What WHMCS said of it holds for a while only.
pub(super) fn of_guest(mapping: Option<&Mapping>, link: &AccountLink, age: Duration) -> Connections {
    let access = match link {
        _ if age >= RIGHTS_HOLD => Access::Unconfirmed,
        link if link.is_owner => Access::Owner,
        link => Access::Guest(link.permissions.clone()),
    };
    Connections {
        state: mapping.map_or(AccountState::Failed, state),
        billing: mapping.and_then(|mapping| account(mapping, Some(link.client_id))),
        crm_account: link.crm.as_ref().map(|ids| ids.account.clone()),
        access,
    }
}
