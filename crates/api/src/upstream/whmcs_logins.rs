//! The logins of WHMCS 8.1 and up.
//!
//! Older versions are refused rather than guessed at. Before 8.0 `ValidateLogin` answers with the number of a client, and taking that
//! for a user opens somebody else's account; before 8.1 there is no `GetUsers` to tell. So a number counts only together with a row of
//! `GetUsers` that has both the number and the address; where WHMCS does not offer that action nothing is linked, and the log says why.

use async_trait::async_trait;
use futures::future::try_join_all;
use secrecy::SecretString;
use shared_types::account::Permission;
use tokio::time::Instant;
use whmcs::{
    Client, ClientDetails, ClientId, ClientStatus, Denied, LoginModel, LoginSubject, RefusalKind, UserId,
};

use super::{
    UpstreamError, UpstreamFailure,
    guard::{CallError, Guard, GuardError, Verdict},
    identity::{Asker, BillingLogins, BillingPerson, PasswordCheck, PersonAccount},
    whmcs_billing::{error, nonsense, read_error},
};
use crate::domain::account::BillingAccount;

/// Most accounts of one login that are looked at: a bound for a list that does not end.
const MAX_ACCOUNTS: usize = 50;

/// The adapter.
pub struct WhmcsLogins {
    client: Client,
    reads: Guard,
    logins: Guard,
}

impl WhmcsLogins {
    /// Logins through `client`. Passwords are checked within the bounds of `logins`, a guard of their own: if WHMCS bans the portal for
    /// guessing, reading goes on.
    #[must_use]
    pub const fn new(client: Client, reads: Guard, logins: Guard) -> Self {
        Self { client, reads, logins }
    }

    async fn users(&self, asker: Asker, email: &str) -> Result<Vec<whmcs::User>, UpstreamError> {
        let call = || self.client.find_users(email, asker.deadline);
        let found = self.reads.read(asker.user, asker.deadline, call).await;
        if let Err(GuardError::Inner(whmcs::Error::Denied(
            Denied::ActionNotInRole | Denied::ActionUnavailable,
        ))) = &found
        {
            tracing::error!("logins cannot be looked up: that takes WHMCS 8.1 and GetUsers in the API role");
        }
        found.map_err(read_error)
    }

    async fn details(&self, asker: Asker, client: ClientId) -> Result<ClientDetails, UpstreamError> {
        let call = || self.client.client_details(client, asker.deadline);
        self.reads.read(asker.user, asker.deadline, call).await.map_err(read_error)
    }

    /// `None` for a customer that does not exist, or does not name the login among its own.
    async fn account(
        &self,
        asker: Asker,
        user: UserId,
        client: u64,
        is_owner: bool,
    ) -> Result<Option<PersonAccount>, UpstreamError> {
        let client = ClientId::new(client);
        let details = match self.details(asker, client).await {
            Ok(details) => details,
            Err(error) if error.failure() == UpstreamFailure::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some(part) = details.users.iter().find(|part| part.id == user) else { return Ok(None) };
        let is_owner = is_owner && part.is_owner;
        let closed = details.status == ClientStatus::Closed;
        let permissions = if is_owner {
            Permission::ALL.to_vec()
        } else if closed {
            Vec::new()
        } else {
            self.permissions(asker, user, client).await?
        };
        Ok(Some(PersonAccount {
            client_id: client.get(),
            company_name: details.company_name.unwrap_or_default(),
            person_name: format!("{} {}", details.first_name, details.last_name).trim().to_owned(),
            is_owner,
            closed,
            permissions,
            email_verified: details.email_verified,
        }))
    }

    async fn permissions(
        &self,
        asker: Asker,
        user: UserId,
        client: ClientId,
    ) -> Result<Vec<Permission>, UpstreamError> {
        let call = || self.client.user_permissions(user, client, asker.deadline);
        match self.reads.read(asker.user, asker.deadline, call).await {
            // Without a word about permissions nothing is granted.
            Ok(answer) => Ok(answer.granted.into_iter().filter_map(ours).collect()),
            Err(GuardError::Inner(whmcs::Error::Refused(refusal)))
                if refusal.kind() == RefusalKind::UserNotOfClient =>
            {
                Ok(Vec::new())
            }
            Err(error) => Err(read_error(error)),
        }
    }
}

#[async_trait]
impl BillingLogins for WhmcsLogins {
    async fn check_password(
        &self,
        deadline: Instant,
        email: &str,
        password: &SecretString,
    ) -> Result<PasswordCheck, UpstreamError> {
        let call = async {
            self.client.validate_login(LoginModel::Users, email, password, deadline).await.map_err(LoginFault)
        };
        match self.logins.write(None, deadline, call).await {
            Ok(valid) if valid.second_factor_due => Ok(PasswordCheck::SecondFactorDue),
            Ok(valid) => match valid.subject {
                Some(LoginSubject::User(user)) => Ok(PasswordCheck::Right { user_id: user.get() }),
                _ => Err(nonsense("a login that is no user's")),
            },
            Err(GuardError::Inner(LoginFault(whmcs::Error::Refused(refusal))))
                if refusal.kind() == RefusalKind::LoginInvalid =>
            {
                Ok(PasswordCheck::Wrong)
            }
            Err(fault) => Err(login_error(fault)),
        }
    }

    async fn pretend_check(&self, deadline: Instant, nobody: &str) -> Result<(), UpstreamError> {
        let call = async { self.client.find_users(nobody, deadline).await.map_err(LoginFault) };
        self.logins.write(None, deadline, call).await.map(drop).map_err(login_error)
    }

    async fn person(
        &self,
        asker: Asker,
        email: &str,
        user_id: Option<u64>,
    ) -> Result<Option<BillingPerson>, UpstreamError> {
        let found = self.users(asker, email).await?;
        let fits = |user: &whmcs::User| user_id.is_none_or(|id| user.id.get() == id);
        let mut fitting = found.into_iter().filter(fits);
        match (fitting.next(), fitting.next()) {
            (None, _) => Ok(None),
            (Some(user), None) => Ok(Some(person(user))),
            (Some(_), Some(_)) => Err(nonsense("several users with one address")),
        }
    }

    async fn person_of(
        &self,
        asker: Asker,
        account: BillingAccount,
    ) -> Result<Option<BillingPerson>, UpstreamError> {
        let details = match self.details(asker, ClientId::new(account.client_id)).await {
            Ok(details) => details,
            Err(error) if error.failure() == UpstreamFailure::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let part = details.users.into_iter().find(|part| part.id.get() == account.user_id);
        match part {
            Some(part) => self.person(asker, &part.email, Some(account.user_id)).await,
            None => Ok(None),
        }
    }

    async fn accounts(
        &self,
        asker: Asker,
        person: &BillingPerson,
    ) -> Result<Vec<PersonAccount>, UpstreamError> {
        if person.clients.len() > MAX_ACCOUNTS {
            tracing::warn!(accounts = person.clients.len(), "a login with more accounts than are looked at");
        }
        let user = UserId::new(person.user_id);
        let wanted = person.clients.iter().take(MAX_ACCOUNTS);
        let found =
            try_join_all(wanted.map(|(client, owner)| self.account(asker, user, *client, *owner))).await?;
        let mut accounts: Vec<_> = found.into_iter().flatten().collect();
        accounts.sort_by_key(|account| (!account.is_owner, account.client_id));
        Ok(accounts)
    }
}

fn person(user: whmcs::User) -> BillingPerson {
    BillingPerson {
        user_id: user.id.get(),
        email: user.email,
        first_name: user.first_name,
        last_name: user.last_name,
        clients: user.clients.iter().map(|part| (part.id.get(), part.is_owner)).collect(),
    }
}

/// What a permission of WHMCS allows in the portal.
const fn ours(permission: whmcs::Permission) -> Option<Permission> {
    match permission {
        whmcs::Permission::Profile => Some(Permission::Profile),
        whmcs::Permission::Invoices => Some(Permission::Invoices),
        whmcs::Permission::Products => Some(Permission::Services),
        whmcs::Permission::ManageProducts => Some(Permission::ManageServices),
        whmcs::Permission::Orders => Some(Permission::Orders),
        whmcs::Permission::Tickets => Some(Permission::Support),
        _ => None,
    }
}

/// A failed check of a password. Other than elsewhere, being denied counts as the system being down: when WHMCS has banned the
/// portal, every further call prolongs it.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct LoginFault(whmcs::Error);

impl CallError for LoginFault {
    fn verdict(&self) -> Verdict {
        match &self.0 {
            whmcs::Error::Denied(_) => Verdict::Failure,
            other => other.verdict(),
        }
    }

    fn retry_after(&self) -> Option<std::time::Duration> {
        self.0.retry_after()
    }
}

fn login_error(fault: GuardError<LoginFault>) -> UpstreamError {
    match fault {
        GuardError::Rejected { retry_after } => {
            error(UpstreamFailure::Unavailable, "logins are left alone for now")
                .with_retry_after(Some(retry_after))
        }
        GuardError::Deadline => error(UpstreamFailure::Timeout, "cut off at the deadline"),
        GuardError::Inner(LoginFault(inner)) => read_error(GuardError::Inner(inner)),
    }
}
