//! `GetUserPermissions` (WHMCS 8.0 and up): what a user who does not own a client may do for it.
//!
//! The API reference's example shows no permissions at all, so their shape is read leniently and their absence
//! grants nothing.
//!
//! Source: <https://developers.whmcs.com/api-reference/getuserpermissions/>.

use tokio::time::Instant;

use crate::{
    action::GET_USER_PERMISSIONS,
    client::Client,
    error::Error,
    form::Form,
    ids::{ClientId, UserId},
    object::Object,
};

/// A permission, as `GetPermissionsList` names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// Change the profile (`profile`).
    Profile,
    /// View and manage contacts (`contacts`).
    Contacts,
    /// View services (`products`).
    Products,
    /// Manage services (`manageproducts`).
    ManageProducts,
    /// Sign in to services (`productsso`).
    ProductSso,
    /// View domains (`domains`).
    Domains,
    /// Manage domains (`managedomains`).
    ManageDomains,
    /// View and pay invoices (`invoices`).
    Invoices,
    /// View and accept quotes (`quotes`).
    Quotes,
    /// View and open tickets (`tickets`).
    Tickets,
    /// View the affiliate account (`affiliates`).
    Affiliates,
    /// View e-mails (`emails`).
    Emails,
    /// Place orders, upgrades and cancellations (`orders`).
    Orders,
}

/// What a user may do for a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserPermissions {
    /// The permissions, each once. Names that this crate does not know grant nothing.
    pub granted: Vec<Permission>,
    /// Whether WHMCS sent permissions at all. Without them nothing is granted, which is right for everybody but
    /// the owner: owners have every permission.
    pub stated: bool,
}

impl UserPermissions {
    /// Whether the permission is granted.
    #[must_use]
    pub fn allows(&self, permission: Permission) -> bool {
        self.granted.contains(&permission)
    }
}

impl Permission {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Contacts => "contacts",
            Self::Products => "products",
            Self::ManageProducts => "manageproducts",
            Self::ProductSso => "productsso",
            Self::Domains => "domains",
            Self::ManageDomains => "managedomains",
            Self::Invoices => "invoices",
            Self::Quotes => "quotes",
            Self::Tickets => "tickets",
            Self::Affiliates => "affiliates",
            Self::Emails => "emails",
            Self::Orders => "orders",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        const ALL: [Permission; 13] = [
            Permission::Profile,
            Permission::Contacts,
            Permission::Products,
            Permission::ManageProducts,
            Permission::ProductSso,
            Permission::Domains,
            Permission::ManageDomains,
            Permission::Invoices,
            Permission::Quotes,
            Permission::Tickets,
            Permission::Affiliates,
            Permission::Emails,
            Permission::Orders,
        ];
        ALL.into_iter().find(|permission| permission.as_str().eq_ignore_ascii_case(name))
    }
}

impl Client {
    /// What a user may do for a client. A user without part in the client is refused with
    /// [`crate::RefusalKind::UserNotOfClient`].
    pub async fn user_permissions(
        &self,
        user_id: UserId,
        client_id: ClientId,
        deadline: Instant,
    ) -> Result<UserPermissions, Error> {
        let params = Form::new().with("user_id", user_id).with("client_id", client_id);
        user_permissions(&self.call(GET_USER_PERMISSIONS, &params, deadline).await?)
    }
}

pub(crate) fn user_permissions(answer: &Object) -> Result<UserPermissions, Error> {
    let texts = answer.texts("permissions", "permission")?;
    let stated = texts.is_some();
    let texts = texts.unwrap_or_default();
    // `UpdateUserPermissions` takes them with commas.
    let names = texts.iter().flat_map(|text| text.split(',')).map(str::trim);
    let mut granted = names.filter_map(Permission::from_name).collect::<Vec<_>>();
    granted.sort_unstable();
    granted.dedup();
    Ok(UserPermissions { granted, stated })
}
