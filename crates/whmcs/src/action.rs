//! The catalogue of WHMCS actions that this crate calls: what an API role has to allow, and what a simulator
//! has to answer. The calls take their action from here, so neither can drift from the other.

/// An action of the WHMCS API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Action {
    /// Its name as the API reference spells it. WHMCS itself matches names without regard to case.
    pub name: &'static str,
    /// What a call does to the installation.
    pub effect: Effect,
}

/// What a call does to the installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing: repeating it is harmless.
    Read,
    /// It leaves something behind (a record, a mail, a token; a session and a time of last login in the case of
    /// `ValidateLogin`), so that it must not be repeated without thought. `UpgradeProduct` is one, though it
    /// can also be asked for a price only.
    Write,
}

macro_rules! actions {
    ($($effect:ident $constant:ident $name:literal)+) => {
        $(pub(crate) const $constant: Action = Action { name: $name, effect: Effect::$effect };)+

        /// Every action that some call of [`crate::Client`] sends, by name.
        pub const ACTIONS: &[Action] = &[$($constant),+];
    };
}

actions! {
    Write ACCEPT_ORDER "AcceptOrder"
    Write ADD_CANCEL_REQUEST "AddCancelRequest"
    Write ADD_CLIENT "AddClient"
    Write ADD_ORDER "AddOrder"
    Write ADD_USER "AddUser"
    Write CANCEL_ORDER "CancelOrder"
    Write CREATE_SSO_TOKEN "CreateSsoToken"
    Read GET_CANCELLED_PACKAGES "GetCancelledPackages"
    Read GET_CLIENTS_DETAILS "GetClientsDetails"
    Read GET_CLIENTS_PRODUCTS "GetClientsProducts"
    Read GET_CREDITS "GetCredits"
    Read GET_CURRENCIES "GetCurrencies"
    Read GET_INVOICE "GetInvoice"
    Read GET_INVOICES "GetInvoices"
    Read GET_ORDER_STATUSES "GetOrderStatuses"
    Read GET_ORDERS "GetOrders"
    Read GET_PAY_METHODS "GetPayMethods"
    Read GET_PAYMENT_METHODS "GetPaymentMethods"
    Read GET_PRODUCTS "GetProducts"
    Read GET_PROMOTIONS "GetPromotions"
    Read GET_TRANSACTIONS "GetTransactions"
    Read GET_USER_PERMISSIONS "GetUserPermissions"
    Read GET_USERS "GetUsers"
    Write LOG_ACTIVITY "LogActivity"
    Write UPDATE_CLIENT "UpdateClient"
    Write UPDATE_USER "UpdateUser"
    Write UPGRADE_PRODUCT "UpgradeProduct"
    Write VALIDATE_LOGIN "ValidateLogin"
    Read WHMCS_DETAILS "WhmcsDetails"
}

#[cfg(test)]
mod tests {
    use super::ACTIONS;

    #[test]
    fn names_are_sorted_and_unique() {
        assert!(ACTIONS.is_sorted_by(|one, next| one.name < next.name));
    }
}
